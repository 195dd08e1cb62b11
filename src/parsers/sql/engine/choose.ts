import { fallbackEngine } from '../fallback/engine.js';
import type { Engine } from './engine.js';
import { grammarEngine } from './grammar.js';
import { loadGrammar } from './postgres.js';
import { RememberingEngine } from './remembering.js';

let chosen: Engine | undefined;
let remembering = false;

/** The engine of this process, decided once: the server's grammar wherever WebAssembly can run. */
export function engine(): Engine {
  return (chosen ??= choose());
}

/** From here on statements are known again: for a process that reads the same files over and over. */
export function rememberStatements(on = true): void {
  if (remembering !== on) chosen = undefined;
  remembering = on;
}

/** For tests and for comparing engines; undefined chooses again. */
export function useEngine(engine: Engine | undefined): void {
  chosen = engine;
}

function choose(): Engine {
  try {
    loadGrammar();
    return remembering ? new RememberingEngine(grammarEngine) : grammarEngine;
  } catch {
    return fallbackEngine;
  }
}
