import type { SafeStep } from '../../../finding.js';
import { print } from '../../../operations/print.js';
import type { OperationDraft } from '../../../operations/types.js';
import type { RewriteStep } from '../../../rule.js';
import { pythonString } from '../alembic/write-python.js';

/**
 * Words a step as the author of a migration would. Models are named in the
 * file, tables are not: what the safe way needs is said in SQL, and whether
 * the migration runs in a transaction is an attribute of its class.
 */
export function writeDjango(step: RewriteStep): SafeStep {
  const transaction = step.transaction ?? null;
  const note = step.note ?? '';
  if (step.operations === undefined || step.operations.length === 0) {
    const language = step.language === 'shell' ? 'shell' : 'sql';
    return { note, code: step.code ?? '', language, transaction };
  }
  const operations = step.operations.map((draft) => `    ${runSql(draft)},`);
  const list = ['operations = [', ...operations, ']'];
  const code = transaction === 'none' ? ['atomic = False', ...list] : list;
  return { note, code: code.join('\n'), language: 'python', transaction };
}

function runSql(draft: OperationDraft): string {
  return `migrations.RunSQL(${pythonString(print(draft))})`;
}
