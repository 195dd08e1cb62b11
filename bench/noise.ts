/**
 * How much the rules say about real projects: findings per 100 migrations by
 * rule, each migration judged as if everything before it were deployed.
 *
 *   npx tsx bench/noise.ts <checkout>…           the table, as Markdown
 *   npx tsx bench/noise.ts --read 50 <checkout>… that many findings of each, evenly spread, to be read
 */
import '../test/setup.js';
import { readFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import type { Finding } from '../src/finding.js';
import { lintProject } from '../src/project.js';

interface Measured {
  name: string;
  folder: string;
  migrations: number;
  findings: readonly Finding[];
}

async function measure(folder: string): Promise<Measured> {
  const { files, findings } = await lintProject({ cwd: folder, paths: ['.'], deploy: 'each', config: false });
  const migrations = files.filter(({ skipped }) => skipped === null).length;
  return { name: basename(folder), folder, migrations, findings: findings.filter(({ suppressed }) => suppressed === null) };
}

function perHundred(count: number, migrations: number): string {
  return migrations === 0 ? '–' : ((100 * count) / migrations).toFixed(1);
}

function table(projects: readonly Measured[]): string {
  const all = projects.flatMap(({ findings }) => findings);
  const total = projects.reduce((sum, { migrations }) => sum + migrations, 0);
  const severities = new Map(all.map(({ ruleId, severity }) => [ruleId, severity]));
  const count = (findings: readonly Finding[], rule: string): number => findings.filter(({ ruleId }) => ruleId === rule).length;
  const rules = [...severities.keys()].sort((a, b) => count(all, b) - count(all, a) || (a < b ? -1 : 1));
  const header = ['rule', 'severity', 'all', ...projects.map(({ name }) => name)];
  const rows = [
    ['migrations', '', String(total), ...projects.map(({ migrations }) => String(migrations))],
    ...rules.map((rule) => [
      rule,
      severities.get(rule) ?? '',
      perHundred(count(all, rule), total),
      ...projects.map(({ findings, migrations }) => perHundred(count(findings, rule), migrations)),
    ]),
    ['all rules', '', perHundred(all.length, total), ...projects.map(({ findings, migrations }) => perHundred(findings.length, migrations))],
  ];
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [line(header), line(header.map((_, index) => (index < 2 ? '---' : '---:'))), ...rows.map(line)].join('\n');
}

function sample({ name, folder, findings }: Measured, wanted: number): string {
  const stride = Math.max(1, Math.floor(findings.length / wanted));
  const picked = findings.filter((_, index) => index % stride === 0).slice(0, wanted);
  return picked
    .map(({ path, start, end, severity, ruleId, message }) => {
      const text = readFileSync(join(folder, path), 'utf8').slice(start.offset, end.offset).replaceAll(/\s+/g, ' ').slice(0, 140);
      return `${name}/${path}:${start.line} ${severity} ${ruleId}\n  ${message}\n  > ${text}`;
    })
    .join('\n');
}

const { values, positionals } = parseArgs({ options: { read: { type: 'string' } }, allowPositionals: true });
const projects: Measured[] = [];
for (const folder of positionals) projects.push(await measure(resolve(folder)));
console.log(values.read === undefined ? table(projects) : projects.map((one) => sample(one, Number(values.read))).join('\n'));
