import { cancel, confirm, intro, isCancel, log, multiselect, outro } from '@clack/prompts';
import type { Change } from './plan.js';

export interface Answers {
  changes: Change[];
}

function effectOf({ places }: Change): string {
  return places.map(({ effect }) => effect).join('; ');
}

/** Asks which changes to make, shows each, and asks again. */
export async function confirmChanges(changes: readonly Change[], shown: (change: Change) => string, undo: boolean): Promise<Answers> {
  // Some pseudo terminals say that they are 0 columns wide, and get one character a line.
  if (!process.stdout.columns) Object.assign(process.stdout, { columns: 80, rows: 24 });
  intro(undo ? 'Take migration-guard out' : 'Let this project call migration-guard');
  const picked = await multiselect({
    message: 'Which files?',
    options: changes.map((change) => ({ value: change.path, label: change.path, ...(undo ? {} : { hint: effectOf(change) }) })),
    initialValues: changes.map(({ path }) => path),
    required: false,
  });
  if (isCancel(picked) || picked.length === 0) return nothing();
  const chosen = changes.filter(({ path }) => picked.includes(path));
  for (const change of chosen) log.message(shown(change));
  const sure = await confirm({ message: chosen.length === 1 ? 'Make this change?' : `Make these ${chosen.length} changes?` });
  if (isCancel(sure) || !sure) return nothing();
  outro('Done. init --undo takes it out again.');
  return { changes: chosen };
}

function nothing(): Answers {
  cancel('Nothing is changed.');
  return { changes: [] };
}
