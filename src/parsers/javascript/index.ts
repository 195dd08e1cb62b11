import type { ParserChunk } from '../load.js';

export const javascriptChunk: ParserChunk = {
  parser: {
    language: 'javascript',
    recognise: () => null,
    parse: (source) => ({ path: source.path, framework: null, skipped: 'not read yet' }),
    write: (step) => ({ note: step.note ?? '', code: step.code ?? '', language: 'sql', transaction: step.transaction ?? null }),
  },
};
