import type { ParserChunk } from '../load.js';
import { isAlembic, parseAlembic } from './alembic/migration.js';
import { writeAlembic } from './alembic/write.js';

/** Python migrations: Alembic revisions. */
export const pythonChunk: ParserChunk = {
  parser: {
    language: 'python',
    recognise: (source) => (isAlembic(source) ? 'alembic' : null),
    parse: (source, options) => parseAlembic(source, options),
    write: (step) => writeAlembic(step),
  },
};
