import type { RuleContext, Step } from '../rule.js';
import type { ReplayedMigration } from '../replay/types.js';
import { displayName, relationOf } from '../postgres/schema.js';
import type { PostgresVersion } from '../postgres/effects.js';
import { NO_PLACE } from '../place.js';
import { filesOf, type PlanFile, type Project } from './files.js';
import type { NoPlan, Plan } from './plan.js';
import { planFor } from './recipes.js';

/** A plan with the files it comes to. */
export interface PlannedChange {
  plans: Plan[];
  files: PlanFile[];
  /** What could not be planned, as sentences. */
  refused: string[];
}

export interface PlanOptions {
  text: string;
  version: PostgresVersion;
  /** Lines, from 1, of which one has to be touched by what is planned; null for the whole file. */
  line: number | null;
  project: Project;
}

/** Plans for what a migration does to tables that are in use; all of them become one row of files. */
export function planMigration(replayed: ReplayedMigration, { text, version, line, project }: PlanOptions): PlannedChange {
  const plans: Plan[] = [];
  const refused: string[] = [];
  for (const step of replayed.up.filter(({ operation }) => line === null || touches(operation.span, line, text))) {
    const plan = planFor(step, contextOf(step, replayed, text, version));
    if (plan === null) continue;
    if ('refused' in plan) refused.push(plan.refused);
    else plans.push(plan);
  }
  const files = plans.length === 0 ? [] : filesOf(plans.flatMap(({ steps }) => steps), replayed.migration, text, project);
  if (isRefused(files)) return { plans, files: [], refused: [...refused, files.refused] };
  return { plans, files, refused };
}

function isRefused(files: PlanFile[] | NoPlan): files is NoPlan {
  return 'refused' in files;
}

function touches({ start, end }: { start: number; end: number }, line: number, text: string): boolean {
  const lineOf = (offset: number): number => text.slice(0, offset).split('\n').length;
  return lineOf(start) <= line && line <= lineOf(end);
}

function contextOf(step: Step, { migration, up }: ReplayedMigration, text: string, version: PostgresVersion): RuleContext {
  const { schema } = step;
  return {
    effects: step.effects,
    schema,
    session: step.session,
    version,
    migration,
    text,
    place: NO_PLACE,
    factOf: () => undefined,
    steps: up,
    index: step.index,
    relation: (table) => relationOf(schema, table),
    isEmpty: (table) => relationOf(schema, table)?.age === 'empty',
    isNew: (table) => {
      const relation = relationOf(schema, table);
      return relation !== undefined && (relation.age !== 'existing' || relation.persistence === 'temporary');
    },
  };
}

const PHASES = { expand: 'Expand', migrate: 'Migrate', switch: 'Switch', contract: 'Contract' } as const;

/** The plan for people: each file in its order, with what has to be deployed before it. */
export function describePlan({ plans, files, refused }: PlannedChange, path: string, shown: (path: string) => string): string {
  const lines = plans.map(({ title, table }) => `${title}${title.includes(`"${displayName(table)}"`) ? '' : ` of "${displayName(table)}"`}`);
  for (const sentence of refused) lines.push(`Not planned: ${sentence}`);
  let release = 1;
  for (const [index, file] of files.entries()) {
    const { phase, after } = file.step;
    const first = files[index - 1]?.step !== file.step;
    if (first && after !== undefined) lines.push('', `Before release ${index === 0 ? release : (release += 1)}: ${after}`);
    lines.push('', `${PHASES[phase]}, release ${release}: ${shown(file.path)}`, ...file.text.trimEnd().split('\n').map((line) => (line === '' ? '' : `  ${line}`)));
  }
  if (files.length > 0) lines.push('', `These take the place of ${shown(path)}: remove it${refused.length > 0 || plans.length > 1 ? ', or what of it they cover' : ''}.`);
  return `${lines.join('\n')}\n`;
}
