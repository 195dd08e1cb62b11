import type { SafeStep } from '../../../finding.js';
import type { Migration } from '../../../operations/migration.js';
import { print } from '../../../operations/print.js';
import type { RewriteStep } from '../../../rule.js';

/** A template literal with `sql` in it. */
function quoted(sql: string): string {
  return `\`${sql.replace(/[`\\]|\$\{/g, '\\$&')}\``;
}

/**
 * A step as a TypeORM migration says it. Outside a transaction means the class
 * field `transaction = false`, which the data source has to allow.
 */
export function write(step: RewriteStep, migration: Migration): SafeStep {
  const language = /\.[cm]?tsx?$/i.test(migration.path) ? 'typescript' : 'javascript';
  const transaction = step.transaction ?? null;
  const { note: said = '', code: written = '' } = step;
  if (step.language === 'shell') return { note: said, code: written, language: 'shell', transaction };
  if (step.language === 'text') return { note: said, code: written, language, transaction };
  const statements = step.operations?.map((operation) => print(operation)) ?? (written === '' ? [] : [written]);
  const lines = statements.map((sql) => `await queryRunner.query(${quoted(sql)});`);
  if (transaction !== 'none') return { note: said, code: lines.join('\n'), language, transaction };
  const note = [said, 'Set migrationsTransactionMode to "each" or "none" in the data source: with the default, "all", TypeORM refuses the field.'];
  const code = [
    'transaction = false;',
    '',
    language === 'typescript' ? 'public async up(queryRunner: QueryRunner): Promise<void> {' : 'async up(queryRunner) {',
    ...lines.map((line) => `  ${line.replaceAll('\n', '\n  ')}`),
    '}',
  ];
  return { note: note.filter((part) => part !== '').join(' '), code: code.join('\n'), language, transaction };
}
