import type { SafeStep } from '../../finding.js';
import type { Framework, Migration } from '../../operations/migration.js';
import { printAll } from '../../operations/print.js';
import type { RewriteStep } from '../../rule.js';
import { reviewComment, statementsOf } from '../step-statements.js';

/** A comment that turns the tool's transaction off for the file it stands in. */
const OPT_OUTS: Readonly<Partial<Record<Framework, string>>> = {
  dbmate: '-- migrate:up transaction:false',
  goose: '-- +goose NO TRANSACTION',
  sqlx: '-- no-transaction',
  atlas: '-- atlas:txmode none\n',
  'graphile-migrate': '--! no-transaction',
  liquibase: '--changeset author:id runInTransaction:false',
};

/** The same where no comment does it. */
const WAYS: Readonly<Partial<Record<Framework, string>>> = {
  prisma: 'Alone in a migration of its own, which Prisma sends without a transaction:',
  supabase: 'Alone in a migration of its own:',
  flyway: 'Alone in a migration of its own, which Flyway then runs without a transaction:',
  'golang-migrate': 'Alone in a migration of its own, which then runs without a transaction:',
  hasura: 'Alone in a migration of its own:',
  diesel: 'In a migration of its own, with "run_in_transaction = false" in its metadata.toml:',
  drizzle: 'By hand before the migration runs, as drizzle-orm wraps every pending file in one transaction:',
  'alembic-offline': 'Outside BEGIN and COMMIT:',
  sqitch: 'Outside BEGIN and COMMIT:',
};

/** SQL for SQL; what changes from tool to tool is the way out of its transaction. */
export function write(step: RewriteStep, migration: Migration): SafeStep {
  const language = step.language === 'shell' ? 'shell' : 'sql';
  const code = language === 'shell' ? (step.code ?? '') : sqlOf(step, migration);
  const transaction = step.transaction ?? null;
  const note = step.note ?? '';
  if (transaction !== 'none' || language !== 'sql' || code === '') return { note, code, language, transaction };
  const optOut = OPT_OUTS[migration.framework];
  if (optOut !== undefined) return { note, code: `${optOut}\n${code}`, language, transaction };
  return { note: note === '' ? (WAYS[migration.framework] ?? '') : note, code, language, transaction };
}

function sqlOf(step: RewriteStep, migration: Migration): string {
  const { operations = [], code = '' } = step;
  const comment = reviewComment(step, '--');
  const written = operations.length > 0 ? printAll(operations) : code;
  const text = comment === null ? written : `${comment}\n${written}`;
  return wantsBegin(step, migration) ? `BEGIN;\n${text}\nCOMMIT;` : text;
}

/** A step of several statements that belong together, in a file for which nobody opens a transaction. */
function wantsBegin(step: RewriteStep, { transaction }: Migration): boolean {
  if (step.transaction !== 'own' || transaction === 'file' || transaction === 'batch') return false;
  return statementsOf(step).length > 1 && step.operations?.[0]?.kind !== 'begin';
}
