import { UsageError } from '../config.js';
import { nearest } from '../nearest.js';
import { wrap } from '../reporters/text/width.js';
import { explainedRules, type DescribedRule } from './described.js';
import type { Options } from './options.js';
import { destinations, writeReport } from './output.js';
import { standardOutput } from './stream.js';
import { widthOf, type Terminal } from './terminal.js';

const LABEL = 9;

function printed(rule: DescribedRule, width: number): string {
  const row = (label: string, words: string): string =>
    wrap(words, width - LABEL).map((line, index) => (index === 0 ? label.padEnd(LABEL) : ' '.repeat(LABEL)) + line).join('\n');
  const presets = rule.presets.length === 0 ? 'off unless named, or with --preset all' : `on with --preset ${rule.presets.join(', ')}`;
  return [
    rule.id,
    `${rule.severity}, ${rule.category}; ${presets}`,
    '',
    row('flags', `${rule.trigger}.`),
    row('why', `${rule.effect}.`),
    row('instead', `${rule.remedy}.`),
    '',
    ...rule.references.map((reference, index) => (index === 0 ? 'see' : '').padEnd(LABEL) + reference),
    `${'page'.padEnd(LABEL)}${rule.helpUrl}`,
    '',
    ...(rule.references.length === 0 ? [] : ['To accept one finding, with a comment above its statement:', `  migration-guard-disable-next-line ${rule.id} -- <reason>`, '']),
  ].join('\n');
}

/** Says what a rule flags, what PostgreSQL does and what to do instead, without a network. */
export function explain(options: Options, operands: readonly string[], terminal: Terminal): number {
  const known = explainedRules();
  if (operands.length === 0) throw new UsageError('explain takes the name of a rule; migration-guard rules lists them.');
  const wanted = operands.map((operand) => {
    const id = operand.replace(/^migration-guard\//, '');
    const rule = known.find((one) => one.id === id);
    if (rule !== undefined) return rule;
    const near = nearest(id, known.map((one) => one.id));
    throw new UsageError(`There is no rule "${id}".${near === null ? ' migration-guard rules lists them.' : ` Did you mean "${near}"?`}`);
  });
  for (const { format, file } of destinations(options, ['text', 'json'] as const)) {
    const text =
      format === 'json'
        ? `${JSON.stringify(wanted.length === 1 ? wanted[0] : wanted, null, 2)}\n`
        : wanted.map((rule) => printed(rule, widthOf(standardOutput()))).join('\n');
    if (file === null) terminal.out(text);
    else writeReport(file, text);
  }
  return 0;
}
