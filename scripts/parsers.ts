import { registerChunk } from '../src/parsers/load.js';

/** Scripts run from source, where no built chunks lie beside `load`. */
export async function registerParsers(): Promise<void> {
  const { sqlChunk } = await import('../src/parsers/sql/index.js');
  registerChunk('sql', sqlChunk);
}
