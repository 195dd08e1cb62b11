import type { SafeStep } from '../../../finding.js';
import { print } from '../../../operations/print.js';
import type { OperationDraft } from '../../../operations/types.js';
import type { RewriteStep } from '../../../rule.js';
import { escapeColons, pythonCall } from './write-calls.js';
import { pythonString } from './write-python.js';

/** Words a step as the author of a revision would: `op.create_index(…)` in an autocommit block, `op.execute("…")`. */
export function writeAlembic(step: RewriteStep): SafeStep {
  const transaction = step.transaction ?? null;
  const note = step.note ?? '';
  if (step.operations === undefined || step.operations.length === 0) {
    const language = step.language === 'shell' ? 'shell' : 'sql';
    return { note, code: step.code ?? '', language, transaction };
  }
  const lines = step.operations.map(statementOf);
  const code = transaction === 'none' ? ['with op.get_context().autocommit_block():', ...lines.map(indent)] : lines;
  return { note, code: code.join('\n'), language: 'python', transaction };
}

function statementOf(draft: OperationDraft): string {
  return pythonCall(draft) ?? `op.execute(${pythonString(escapeColons(print(draft)))})`;
}

function indent(text: string): string {
  return text.replaceAll(/^(?=.)/gm, '    ');
}
