import type { Category } from '../src/finding.js';
import type { Rule } from '../src/rule.js';

const START = '<!-- rules:start -->';
const END = '<!-- rules:end -->';

const ORDER: readonly Category[] = [
  'data-loss',
  'lock',
  'rewrite',
  'validation',
  'compatibility',
  'transaction',
  'timeout',
  'data-migration',
  'reversibility',
  'style',
];

function row({ meta }: Rule): string {
  const on = meta.presets[0] ?? '–';
  return `| [${meta.id}](docs/rules/${meta.id}.md) | ${meta.severity} | ${on} | ${meta.trigger} |`;
}

/** The README with the table of rules between its two marks; unchanged without them. */
export function withTable(readme: string, rules: readonly Rule[]): string {
  const start = readme.indexOf(START);
  const end = readme.indexOf(END);
  if (start < 0 || end < start) return readme;
  const tables = ORDER.map((category) => {
    const rows = rules.filter(({ meta }) => meta.category === category).map(row);
    if (rows.length === 0) return '';
    return `### ${category}\n\n| rule | severity | preset | flags |\n| --- | --- | --- | --- |\n${rows.join('\n')}\n`;
  }).filter((table) => table !== '');
  return `${readme.slice(0, start + START.length)}\n\n${tables.join('\n')}\n${readme.slice(end)}`;
}
