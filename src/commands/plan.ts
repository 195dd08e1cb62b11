import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { UsageError } from '../config.js';
import { describePlan, planMigration, type PlannedChange } from '../plan/index.js';
import { findingsOfFile, runProject, type Judge, type ProjectOptions } from '../project.js';
import { visible } from '../reporters/neutral.js';
import type { Options } from './options.js';
import { pathPrinter } from './project-messages.js';
import { projectOptions } from './project-options.js';
import type { Terminal } from './terminal.js';

interface Planned {
  path: string;
  change: PlannedChange;
}

/** `orders.sql:12`, the whole of `orders.sql`, or the fingerprint of a finding. */
function askedFor(operand: string): { path: string | null; line: number | null; fingerprint: string | null } {
  const [, path = operand, line] = /^(.+?):(\d+)(?::\d+)?$/.exec(operand) ?? [];
  if (existsSync(path)) return { path, line: line === undefined ? null : Number(line), fingerprint: null };
  if (/^[0-9a-f]{8,32}$/.test(operand)) return { path: null, line: null, fingerprint: operand };
  throw new UsageError(`There is no migration ${path}, and "${operand}" is no fingerprint of a finding.`);
}

/** Prints the steps that take the place of a migration, as files; `--write` makes them. */
export async function plan(options: Options, operands: readonly string[], terminal: Terminal): Promise<number> {
  const [operand, ...others] = operands;
  if (operand === undefined || others.length > 0) throw new UsageError('plan takes one migration, as <path> or <path>:<line>, or the fingerprint of a finding.');
  const { path, line, fingerprint } = askedFor(operand);
  const wanted: ProjectOptions = { ...projectOptions(options, path === null ? [] : [path]), deployed: 'none' };

  const judge: Judge<PlannedChange | null> = (one, standards) => {
    const at = fingerprint === null ? line : (findingsOfFile(one, standards).find((finding) => finding.fingerprint.startsWith(fingerprint))?.start.line ?? null);
    if (fingerprint !== null && at === null) return null;
    const project = { fileTemplate: fileTemplate(one.file.selected.absolute), now: Date.now() / 1000 };
    return planMigration(one.replayed, { text: one.file.source.text, version: standards.postgres, line: at, project });
  };
  const run = await runProject(wanted, judge);
  const planned = run.linted.flatMap(({ source, verdict }): Planned[] => (verdict === null ? [] : [{ path: source.path, change: verdict }]));
  for (const { path: failed, reason } of run.failures) terminal.error(`${visible(`${failed}: ${reason}`)}\n`);
  if (planned[0] === undefined) throw new UsageError(fingerprint === null ? `${operand} is no migration that can be read.` : `No finding has the fingerprint ${fingerprint}.`);

  const shown = pathPrinter(run.root, process.cwd());
  for (const { path: replaced, change } of planned) {
    if (change.plans.length + change.refused.length === 0) terminal.out(`Nothing in ${shown(replaced)} has to be done in steps.\n`);
    else terminal.out(describePlan(change, replaced, shown));
    if (options.write === true) write(change, run.root, replaced, shown, terminal);
  }
  return 0;
}

/** All or none: a row of files with one missing is worse than no file. */
function write({ files }: PlannedChange, root: string, replaced: string, shown: (path: string) => string, terminal: Terminal): void {
  const taken = files.filter(({ path }) => path !== replaced && existsSync(resolve(root, path)));
  if (taken[0] !== undefined) throw new UsageError(`${shown(taken[0].path)} is there already; nothing was written.`);
  const others = files.filter(({ path }) => path !== replaced);
  for (const { path, text } of [...others, ...files.filter((file) => file.path === replaced)]) {
    const file = resolve(root, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
    terminal.out(`wrote ${shown(path)}\n`);
  }
}

/** How an Alembic project names its revisions, from the nearest alembic.ini above. */
function fileTemplate(file: string): string | null {
  for (let folder = dirname(file); ; folder = dirname(folder)) {
    const ini = join(folder, 'alembic.ini');
    if (existsSync(ini)) return /^\s*file_template\s*=\s*(\S.*?)\s*$/m.exec(readFileSync(ini, 'utf8'))?.[1] ?? null;
    if (folder === dirname(folder)) return null;
  }
}
