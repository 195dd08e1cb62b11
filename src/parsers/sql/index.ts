import type { ParserChunk } from '../load.js';

export const sqlChunk: ParserChunk = {
  parser: {
    language: 'sql',
    recognise: () => null,
    parse: (source) => ({ path: source.path, framework: null, skipped: 'not read yet' }),
    write: (step) => ({ note: step.note ?? '', code: step.code ?? '', language: 'sql', transaction: step.transaction ?? null }),
  },
};
