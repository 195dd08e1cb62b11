import type { SafeStep } from '../../../finding.js';
import type { RewriteStep } from '../../../rule.js';
import { reviewComment, statementsOf } from '../../step-statements.js';
import { escapeColons, pythonCall } from './write-calls.js';
import { pythonString } from './write-python.js';

const OUTSIDE = 'with op.get_context().autocommit_block():';

/** Words a step as the author of a revision would: `op.create_index(…)` in an autocommit block, `op.execute("…")`. */
export function writeAlembic(step: RewriteStep): SafeStep {
  const transaction = step.transaction ?? null;
  const { note = '', code = '', language = 'sql' } = step;
  if (language === 'shell' || step.byHand === true) return { note, code, language: language === 'shell' ? 'shell' : 'sql', transaction };
  const calls = statementsOf(step).map((sql, index) => {
    const draft = step.operations?.[index];
    return (draft === undefined ? null : pythonCall(draft)) ?? `op.execute(${pythonString(escapeColons(sql))})`;
  });
  const comment = reviewComment(step, '#');
  const lines = comment === null ? calls : [comment, ...calls];
  const block = transaction === 'none' && calls.length > 0 ? [OUTSIDE, ...lines.map(indent)] : lines;
  return { note, code: block.join('\n'), language: 'python', transaction };
}

function indent(text: string): string {
  return text.replaceAll(/^(?=.)/gm, '    ');
}
