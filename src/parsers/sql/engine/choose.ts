import { fallbackEngine } from '../fallback/engine.js';
import type { Engine } from './engine.js';
import { grammarEngine } from './grammar.js';
import { loadGrammar } from './postgres.js';

let chosen: Engine | undefined;

/** The engine of this process, decided once: the server's grammar wherever WebAssembly can run. */
export function engine(): Engine {
  return (chosen ??= choose());
}

/** For tests and for comparing engines; undefined chooses again. */
export function useEngine(engine: Engine | undefined): void {
  chosen = engine;
}

function choose(): Engine {
  try {
    loadGrammar();
    return grammarEngine;
  } catch {
    return fallbackEngine;
  }
}
