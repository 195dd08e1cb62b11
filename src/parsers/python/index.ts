import { expectTheSameAgain, type ParserChunk } from '../load.js';
import { isAlembic, otherDialect, parseAlembic } from './alembic/migration.js';
import { writeAlembic } from './alembic/write.js';
import { pythonFacts } from './application/facts.js';
import { isDjango, parseDjango } from './django/migration.js';
import { writeDjango } from './django/write.js';

/** Python migrations: Alembic revisions and Django's migrations. */
export const pythonChunk: ParserChunk = {
  parser: {
    language: 'python',
    recognise: (source) => (isAlembic(source) ? 'alembic' : isDjango(source) ? 'django' : null),
    parse: (source, options) => {
      if (options.framework === 'django' || (options.framework !== 'alembic' && isDjango(source))) return parseDjango(source, options);
      return otherDialect(source) ?? parseAlembic(source, options);
    },
    write: (step, migration) => (migration.framework === 'django' ? writeDjango(step) : writeAlembic(step)),
  },
  application: pythonFacts,
  expectTheSameAgain,
};
