import { readFileSync, realpathSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { UsageError } from '../config.js';
import { reasonOf } from '../discover/read-text.js';
import { applySuggestions } from '../edits/apply.js';
import type { Finding } from '../finding.js';
import type { ProjectOptions, ProjectRun } from '../project.js';
import type { Options } from './options.js';

/** An edit may uncover another; that they go on for ever would be a fault of ours. */
const PASSES = 10;

function replaceFile(named: string, text: string): void {
  const file = realpathSync(named);
  const unfinished = `${file}.${process.pid}.part`;
  try {
    writeFileSync(unfinished, text, { mode: statSync(file).mode });
    renameSync(unfinished, file);
  } catch (error) {
    rmSync(unfinished, { force: true });
    throw error;
  }
}

/** True when the file was changed. */
function fixFile(file: string, text: string, findings: readonly Finding[], all: boolean): boolean {
  const { text: fixed, count } = applySuggestions(text, findings, all);
  if (count === 0) return false;
  try {
    const onDisk = readFileSync(file, 'utf8');
    const mark = onDisk.startsWith('\ufeff') ? '\ufeff' : '';
    // What was linted may be what the index holds, or what was there a moment ago.
    if (onDisk !== mark + text) return false;
    replaceFile(file, mark + fixed);
  } catch (error) {
    throw new UsageError(`${file} could not be written: ${reasonOf(error)}.`);
  }
  return true;
}

/** Applies what `--fix` or `--fix-suggestions` ask for and returns the run that comes after. */
export async function fixed(
  options: Options,
  wanted: ProjectOptions,
  first: ProjectRun<Finding[]>,
  again: () => Promise<ProjectRun<Finding[]>>,
): Promise<ProjectRun<Finding[]>> {
  const all = options['fix-suggestions'] === true;
  if (!all && options.fix !== true) return first;
  if (wanted.sources !== undefined) throw new UsageError(`${all ? '--fix-suggestions' : '--fix'} needs files; standard input is none.`);
  let run = first;
  for (let pass = 0; pass < PASSES; pass++) {
    const { root } = run;
    const changed = run.linted.filter(({ source, verdict }) => fixFile(resolve(root, source.path), source.text, verdict, all));
    if (changed.length === 0) return run;
    run = await again();
  }
  return run;
}
