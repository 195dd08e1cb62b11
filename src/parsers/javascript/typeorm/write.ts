import type { SafeStep } from '../../../finding.js';
import type { Migration } from '../../../operations/migration.js';
import type { RewriteStep } from '../../../rule.js';
import { indented, template, worded, type Wording } from '../rewrite.js';

const WORDING: Wording = {
  line: (sql) => `await queryRunner.query(${template(sql)});`,
  apart: (lines, language) => ({
    note: 'Set migrationsTransactionMode to "each" or "none" in the data source: with the default, "all", TypeORM refuses the field.',
    code: [
      'transaction = false;',
      '',
      language === 'typescript' ? 'public async up(queryRunner: QueryRunner): Promise<void> {' : 'async up(queryRunner) {',
      ...indented(lines),
      '}',
    ],
  }),
};

/**
 * A step as a TypeORM migration says it. Outside a transaction means the class
 * field `transaction = false`, which the data source has to allow.
 */
export function write(step: RewriteStep, migration: Migration): SafeStep {
  return worded(step, migration, WORDING);
}
