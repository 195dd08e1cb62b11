import { rootOf } from '../discover/place.js';
import { VERSIONS } from '../postgres/effects.js';
import { suggestion } from '../nearest.js';
import { factsOf, type Facts } from './facts.js';
import { PLACE_IDS, type Place } from './place.js';
import { placesIn } from './places/index.js';
import { apply, planOf, undoOf, type Change, type Plan } from './plan.js';
import { confirmChanges, type Answers } from './prompt.js';
import { shownChange } from './show.js';

export interface InitOptions {
  yes?: boolean;
  dryRun?: boolean;
  undo?: boolean;
  only?: readonly string[];
  postgres?: string;
  colour: boolean;
  /** Somebody is there to be asked. */
  interactive: boolean;
}

interface Output {
  out: (text: string) => void;
  error: (text: string) => void;
}

/** A mistake of the user's, or a file that could not be written. */
class Refused extends Error {}

function chosenBy(only: readonly string[]): (place: Place) => boolean {
  const names = only.flatMap((list) => list.split(',')).map((name) => name.trim()).filter((name) => name !== '');
  const unknown = names.find((name) => !PLACE_IDS.some((id) => id === name));
  if (unknown !== undefined) throw new Refused(`--only knows ${PLACE_IDS.join(', ')}, not "${unknown}".${suggestion(unknown, PLACE_IDS)}`);
  return names.length === 0 ? () => true : ({ id }) => names.includes(id);
}

function versionOf({ postgres }: InitOptions): string | undefined {
  if (postgres === undefined || VERSIONS.some((known) => String(known) === postgres)) return postgres;
  throw new Refused(`--postgres must be one of ${VERSIONS.join(', ')}, not "${postgres}".`);
}

const INSTALL: Readonly<Record<string, string>> = {
  npm: 'npm install --save-dev migration-guard',
  pnpm: 'pnpm add --save-dev migration-guard',
  yarn: 'yarn add --dev migration-guard',
  bun: 'bun add --dev migration-guard',
};

/** What is left to do by hand once the files are written. */
function nextSteps(facts: Facts, changes: readonly Change[]): string[] {
  const install = facts.has('package.json') && !facts.dependsOn('migration-guard') ? [INSTALL[facts.manager] ?? ''] : [];
  const then = changes.flatMap(({ places }) => places.flatMap((place) => (place.then === undefined ? [] : [place.then])));
  return [...new Set([...install, ...then])];
}

const NOTHING = `Found nothing that could call migration-guard: no alembic.ini, no script or recipe
that makes a migration, no hook manager, no CI. These work everywhere:
  npx migration-guard run -- <command>   lints what a command generates
  npx migration-guard --staged           in a git hook
  npx migration-guard --since <branch>   in CI
`;

function said(plan: Plan, { undo }: InitOptions): string {
  const settled = plan.settled.map(({ path }) => (undo === true ? `${path}: written by hand, left as it is\n` : `${path}: has it already\n`));
  const byHand = plan.byHand.map(({ path, effect, byHand: words }) => `${path}: cannot be edited safely. So that ${effect}, write:\n\n${words.replace(/^(?=.)/gm, '  ')}\n\n`);
  return [...new Set([...settled, ...byHand])].join('');
}

function write(changes: readonly Change[], facts: Facts): void {
  for (const change of changes) {
    try {
      apply(change, facts.root);
    } catch (error) {
      throw new Refused(`${change.path} could not be written: ${(error as Error).message}.`);
    }
  }
}

async function wanted(plan: Plan, options: InitOptions, output: Output): Promise<Answers> {
  const shown = plan.changes.map((change) => shownChange(change, options.colour));
  if (options.yes === true && options.dryRun !== true) return { changes: plan.changes };
  if (options.interactive && options.dryRun !== true) return confirmChanges(plan.changes, (change) => shownChange(change, options.colour), options.undo === true);
  output.out(`${shown.join('\n\n')}\n\nNothing is changed yet: --yes makes ${plan.changes.length === 1 ? 'this change' : 'these changes'}, --only <names> some of them.\n`);
  return { changes: [] };
}

function report(changes: readonly Change[], facts: Facts, undo: boolean, { out }: Output): void {
  for (const { path, before, after, places } of changes) {
    const verb = after === null ? 'removed' : before === null ? 'made' : 'changed';
    out(`${verb.padEnd(9)}${path}${undo ? '' : `: ${places.map(({ effect }) => effect).join('; ')}`}\n`);
  }
  const steps = undo || changes.length === 0 ? [] : nextSteps(facts, changes);
  if (steps.length > 0) out(`\nThen run:\n${steps.map((step) => `  ${step}\n`).join('')}`);
}

async function run(options: InitOptions, output: Output, cwd: string): Promise<void> {
  const undo = options.undo === true;
  const facts = factsOf(rootOf(cwd));
  const chosen = chosenBy(options.only ?? []);
  const version = versionOf(options);
  const plan = undo ? undoOf(facts, chosen) : planOf(facts, placesIn(facts, version).filter(chosen));
  output.out(said(plan, options));
  if (plan.changes.length > 0) {
    const { changes } = await wanted(plan, options, output);
    write(changes, facts);
    report(changes, facts, undo, output);
  } else if (undo) output.out('Nothing to take out.\n');
  else if (plan.settled.length + plan.byHand.length === 0) output.out(NOTHING);
}

/** `migration-guard init`: shows and makes the changes that let a project's own tools call us, or takes them out again. */
export async function init(options: InitOptions, output: Output, cwd: string = process.cwd()): Promise<number> {
  try {
    await run(options, output, cwd);
    return 0;
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    output.error(`migration-guard: ${error.message}\n`);
    return 2;
  }
}
