import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ParseResult } from 'libpg-query';
import createModule, { type WasmInstance } from 'libpg-query/wasm/libpg-query.js';
import { SqlSyntaxError } from './engine.js';

/**
 * PostgreSQL's own grammar, compiled to WebAssembly. The package's loader is
 * asynchronous and lint rules are not, so its factory is called here with an
 * `instantiateWasm` hook that answers at once. That leans on the exact version
 * in package.json; a test holds it.
 */

type Module = Parameters<typeof createModule>[0];
type LoadedModule = Required<Module>;

type InstantiateWasm = NonNullable<Module['instantiateWasm']>;
type CompiledModule = Parameters<Parameters<InstantiateWasm>[1]>[1];

/** The two constructors used; runtimes without WebAssembly have neither. */
interface Compiler {
  Module: new (bytes: Uint8Array) => CompiledModule;
  Instance: new (module: CompiledModule, imports: object) => WasmInstance;
}

const FILE = 'libpg-query.wasm';

let compiled: CompiledModule | undefined;
let loaded: LoadedModule | undefined;

/** Beside the bundled chunk, or where npm put the package. */
function locate(): string {
  const here = typeof __dirname === 'string' ? __dirname : dirname(fileURLToPath(import.meta.url));
  const beside = join(here, FILE);
  if (existsSync(beside)) return beside;
  return createRequire(join(here, 'chunk.cjs')).resolve(`libpg-query/wasm/${FILE}`);
}

function load(): LoadedModule {
  if (loaded !== undefined) return loaded;
  const { WebAssembly: compiler } = globalThis as { WebAssembly?: Compiler };
  if (compiler === undefined) throw new Error('no WebAssembly here');
  compiled ??= new compiler.Module(readFileSync(locate()));
  const wasm: CompiledModule = compiled;
  const module: Module = {
    instantiateWasm: (imports, received) => {
      const instance = new compiler.Instance(wasm, imports);
      received(instance, wasm);
      return instance.exports;
    },
  };
  // The exports are there when the call returns; the promise reports later, and nothing waits for it.
  createModule(module).catch(() => undefined);
  if (module._wasm_parse_query_raw === undefined) throw new Error('the WebAssembly hook was not called');
  loaded = module as LoadedModule;
  return loaded;
}

/** Throws when this process cannot run WebAssembly. */
export function loadGrammar(): void {
  load();
}

function withText<T>(module: LoadedModule, text: string, use: (pointer: number) => T): T {
  const size = module.lengthBytesUTF8(text) + 1;
  const pointer = module._malloc(size);
  try {
    module.stringToUTF8(text, pointer, size);
    return use(pointer);
  } finally {
    module._free(pointer);
  }
}

/** Offsets of `PgQueryParseResult` and `PgQueryError`, in bytes. */
const RESULT_ERROR = 8;
const ERROR_CURSOR = 16;

/**
 * The raw parse tree of every statement. Locations count UTF-8 bytes.
 * @throws SqlSyntaxError with a position counted in code points
 */
export function parseTree(text: string): ParseResult {
  const module = load();
  try {
    return withText(module, text, (pointer) => {
      const result = module._wasm_parse_query_raw(pointer);
      if (result === 0) throw new SqlSyntaxError('the parser ran out of memory', null);
      try {
        const error = module.getValue(result + RESULT_ERROR, 'i32');
        if (error !== 0) throw syntaxError(module, error);
        return JSON.parse(module.UTF8ToString(module.getValue(result, 'i32'))) as ParseResult;
      } finally {
        module._wasm_free_parse_result(result);
      }
    });
  } catch (error) {
    if (error instanceof SqlSyntaxError) throw error;
    // A stack overflow leaves the instance's own stack where it was: the next parse gets a new one.
    loaded = undefined;
    throw new SqlSyntaxError('nested too deeply to be read', null);
  }
}

function syntaxError(module: LoadedModule, error: number): SqlSyntaxError {
  const message = module.UTF8ToString(module.getValue(error, 'i32'));
  const cursor = module.getValue(error + ERROR_CURSOR, 'i32');
  if (message.startsWith('memory exhausted')) return new SqlSyntaxError('nested too deeply to be read', null);
  return new SqlSyntaxError(oneLine(message), cursor > 0 ? cursor - 1 : null);
}

const QUOTED_LIMIT = 40;

/** An open quote makes PostgreSQL repeat the whole rest of the text. */
function oneLine(message: string): string {
  return message.replace(/ at or near "([^]*)"$/, (_whole, text: string) => {
    const [line = ''] = text.split(/[\r\n]/, 1);
    const short = line.length > QUOTED_LIMIT ? line.slice(0, QUOTED_LIMIT) : line;
    return ` at or near "${short}${short === text ? '' : '…'}"`;
  });
}
