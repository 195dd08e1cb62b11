import type { ParserChunk } from '../load.js';
import { isAlembic, otherDialect, parseAlembic } from './alembic/migration.js';
import { writeAlembic } from './alembic/write.js';

/** Python migrations: Alembic revisions. */
export const pythonChunk: ParserChunk = {
  parser: {
    language: 'python',
    recognise: (source) => (isAlembic(source) ? 'alembic' : null),
    parse: (source, options) => otherDialect(source) ?? parseAlembic(source, options),
    write: (step) => writeAlembic(step),
  },
};
