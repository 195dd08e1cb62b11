import { join, dirname } from 'node:path';
import { digest } from '../digest.js';
import type { Framework, Migration } from '../operations/migration.js';
import { pascalCase } from '../sql/naming.js';
import { BODIES, type Written } from './bodies.js';
import { namingOf, numberAfter, pathOf, slug } from './names.js';
import type { NoPlan, PlanStep, Statement } from './plan.js';

/** A file of a plan, ready to be written. */
export interface PlanFile {
  /** As the migration that it stands in for: relative to the project. */
  path: string;
  text: string;
  step: PlanStep;
}

/** What the project says of its names beyond the file itself. */
export interface Project {
  /** `file_template` of alembic.ini, null for the default. */
  fileTemplate: string | null;
  /** Seconds since 1970, for names that hold a moment. */
  now: number;
}

/**
 * The steps as files in place of the migration that they replace: the first
 * takes its place in the order, the others come right behind.
 */
export function filesOf(steps: readonly PlanStep[], migration: Migration, text: string, project: Project): PlanFile[] | NoPlan {
  const body = BODIES[migration.framework];
  if (body === undefined) return { refused: `Files of ${migration.framework} are not written yet; the statements of each step are those of plain SQL.` };
  const written = steps.map((step): Written => withTimeout(step, migration.framework));
  if (migration.framework === 'alembic') return revisions(written, steps, migration, text, project);
  const naming = namingOf(migration.path);
  if (naming === null) return { refused: `${migration.path} has no number, so that nothing says what comes after it.` };
  return written.flatMap((one, index): PlanFile[] => {
    const number = numberAfter(naming.number, index);
    const step = steps[index] as PlanStep;
    const path = pathOf(naming, number, step.name);
    const names = { number, className: classNameOf(migration.framework, number, step), typed: /\.[cm]?ts$/.test(path), esm: /\bexport\s/.test(text) };
    return [{ path, text: body(one, names), step }, ...beside(path, one, step, migration.framework)];
  });
}

function classNameOf(framework: Framework, number: string, { name }: PlanStep): string {
  return framework === 'mikro-orm' ? `Migration${number}` : `${pascalCase(slug(name))}${number}`;
}

/** Tools whose way back is a file of its own, and one that is told of transactions in a file of its own. */
function beside(path: string, { down, alone }: Written, step: PlanStep, framework: Framework): PlanFile[] {
  if (framework === 'flyway') return alone ? [{ path: `${path}.conf`, text: 'executeInTransaction=false\n', step }] : [];
  const other = /(?:^|[./])up\.sql$/.test(path) ? path.replace(/up\.sql$/, 'down.sql') : null;
  return other === null ? [] : [{ path: other, text: down.length === 0 ? '-- Nothing to take back.\n' : sqlText(down), step }];
}

function sqlText(statements: readonly Statement[]): string {
  return statements.map(({ sql, reviewed }) => `${reviewed === undefined ? '' : `-- migration-guard-disable-next-line ${reviewed.rule} -- ${reviewed.reason}\n`}${sql};\n`).join('');
}

/** Tools that open a transaction around each file. */
const WRAPPED: ReadonlySet<Framework> = new Set(['alembic', 'typeorm', 'knex', 'mikro-orm', 'node-pg-migrate', 'dbmate', 'goose', 'flyway', 'supabase', 'sqlx', 'diesel']);

/** Whoever waits for a lock holds up what comes after: a step that takes one gives up soon. */
function withTimeout(step: PlanStep, framework: Framework): Written {
  const { up, down, alone = false } = step;
  if (alone) return { up, down, alone };
  const limited = (statements: readonly Statement[]): Statement[] => {
    if (statements.length === 0) return [];
    if (WRAPPED.has(framework)) return [{ sql: "SET LOCAL lock_timeout = '2s'" }, ...statements];
    return [{ sql: 'BEGIN' }, { sql: "SET LOCAL lock_timeout = '2s'" }, ...statements, { sql: 'COMMIT' }];
  };
  return { up: limited(up), down: limited(down), alone };
}

/** Revisions in a chain: the first has the parents of the one that is replaced. */
function revisions(written: readonly Written[], steps: readonly PlanStep[], migration: Migration, text: string, project: Project): PlanFile[] {
  const body = BODIES.alembic as NonNullable<(typeof BODIES)['alembic']>;
  const parents = /^down_revision\b[^=\n]*=\s*([^\n]+(?:\n[^\n]*)*?[)\]"'e])\s*$/m.exec(text)?.[1] ?? JSON.stringify(migration.parents?.[0] ?? null).replace('null', 'None');
  const ids = steps.map(({ name }, index) => digest('sha256', `${migration.revision ?? migration.path}\0${index}\0${name}`).slice(0, 12));
  return written.map((one, index): PlanFile => {
    const step = steps[index] as PlanStep;
    const id = ids[index] as string;
    const path = join(dirname(migration.path), `${fileName(project, id, step.name)}.py`);
    return { path, step, text: body(one, { number: id, className: index === 0 ? parents : JSON.stringify(ids[index - 1]), typed: false, esm: false, title: step.name }) };
  });
}

function fileName({ fileTemplate, now }: Project, revision: string, words: string): string {
  const moment = new Date(now * 1000);
  const two = (value: number): string => String(value).padStart(2, '0');
  const values: Record<string, string> = {
    rev: revision,
    slug: slug(words).slice(0, 40).replace(/_$/, ''),
    year: String(moment.getFullYear()), month: two(moment.getMonth() + 1), day: two(moment.getDate()),
    hour: two(moment.getHours()), minute: two(moment.getMinutes()), second: two(moment.getSeconds()), epoch: String(Math.floor(now)),
  };
  return (fileTemplate ?? '%%(rev)s_%%(slug)s').replace(/%%?\((\w+)\)(?:\.\d+)?(?:0?2)?[sd]/g, (whole, key: string) => values[key] ?? whole);
}
