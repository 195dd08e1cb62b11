import type { Framework } from '../../../operations/migration.js';
import type { Host, Source } from '../../parser.js';

/** Words in a comment that only one tool writes. */
const MARKERS: readonly (readonly [pattern: RegExp, framework: Framework])[] = [
  [/^--\s*liquibase formatted sql/im, 'liquibase'],
  [/^--\s*\+goose\s+Up\b/im, 'goose'],
  [/^--\s*migrate:up\b/im, 'dbmate'],
  [/^--!\s*(?:Previous|Hash|no-transaction)\b/im, 'graphile-migrate'],
  [/^\s*--[\s-]*up\s+migration\b/im, 'node-pg-migrate'],
  [/--> statement-breakpoint/, 'drizzle'],
  [/^-- Custom SQL migration file, put your code below!/m, 'drizzle'],
  [/^--\s*atlas:(?:txmode|nolint|delimiter|checkpoint)\b/im, 'atlas'],
  [/^-- Running (?:upgrade|downgrade) /m, 'alembic-offline'],
  [/\b(?:UPDATE|INSERT INTO|CREATE TABLE) alembic_version\b/, 'alembic-offline'],
  [/^\s*--\s*no-transaction\s*$/im, 'sqlx'],
  [/^-- (?:Deploy|Revert|Verify) \S+ (?:to|from|on) pg\b/m, 'sqitch'],
];

/** What stands beside a file, by a path relative to it. */
const NEIGHBOURS: readonly (readonly [name: RegExp, neighbour: string, framework: Framework])[] = [
  [/(?:^|\/)migration\.sql$/, '../migration_lock.toml', 'prisma'],
  [/(?:^|\/)migration\.sql$/, 'snapshot.json', 'drizzle'],
  [/\.sql$/, 'meta/_journal.json', 'drizzle'],
  [/\.sql$/, 'atlas.sum', 'atlas'],
  [/(?:^|\/)(?:deploy|revert|verify)\/[^/]+\.sql$/, '../sqitch.plan', 'sqitch'],
  [/(?:^|\/)(?:up|down)\.sql$/, '../../diesel.toml', 'diesel'],
  [/(?:^|\/)\d+_[^/]+\.sql$/, '../.sqlx', 'sqlx'],
  [/(?:^|\/)\d+_[^/]+\.sql$/, '../config.toml', 'supabase'],
];

/** Names that say enough by themselves; the last resort. */
const NAMES: readonly (readonly [pattern: RegExp, framework: Framework])[] = [
  [/(?:^|\/)supabase\/migrations\/[^/]+\.sql$/, 'supabase'],
  [/(?:^|\/)migrations\/\d{14}_[^/]+\/migration\.sql$/, 'prisma'],
  [/(?:^|\/)(?:\d{14}_[^/]+|0_init)\/migration\.sql$/, 'prisma'],
  [/(?:^|\/)(?:[VUB]\d[\d._]*|R)__[^/]+\.sql$/, 'flyway'],
  [/(?:^|\/)(?:before|after)(?:Each)?(?:Migrate|Undo|Clean|Baseline|Repair|Validate)[^/]*\.sql$/, 'flyway'],
  [/(?:^|\/)\d{13}_[^/]+\/(?:up|down)\.sql$/, 'hasura'],
  [/(?:^|\/)\d[\d-]*_[^/]+\/(?:up|down)\.sql$/, 'diesel'],
  [/(?:^|\/)sqls\/\d+-[^/]+-(?:up|down)\.sql$/, 'db-migrate'],
  [/(?:^|\/)\d+_[^/]+\.(?:up|down)\.sql$/, 'golang-migrate'],
  [/(?:^|\/)committed\/\d{6}(?:-[^/]+)?\.sql$/, 'graphile-migrate'],
];

/** No migrations, whatever stands in them, when nothing above says otherwise. */
const NOT_MIGRATIONS =
  /(?:^|\/)(?:node_modules|dist|build|seeds?|seeders|fixtures|__tests__|snippets)\/|(?:^|\/)(?:schema|structure|seed|seeds|dump)\.sql$/i;

/** Markers stand at the top of a file, or at the top of its sections. */
const SEARCHED = 1 << 16;

/**
 * The tool that wrote an SQL file: by what it says itself, by what stands beside
 * it, by its name. Plain SQL of no known tool is `sql`; null is no migration.
 */
export function recogniseSql(source: Source, host: Host | undefined): Framework | null {
  return byMarker(source) ?? byNeighbour(source.path, host) ?? byName(source.path) ?? (NOT_MIGRATIONS.test(source.path) ? null : 'sql');
}

function byMarker({ text }: Source): Framework | undefined {
  // Drizzle separates with its marker everywhere, and often not before the first screen.
  const searched = text.length > SEARCHED ? text.slice(0, SEARCHED) : text;
  if (!searched.includes('--') && !searched.includes('alembic_version')) return undefined;
  return MARKERS.find(([pattern]) => pattern.test(searched))?.[1];
}

function byNeighbour(path: string, host: Host | undefined): Framework | undefined {
  const sibling = host?.sibling;
  if (sibling === undefined) return undefined;
  for (const [name, neighbour, framework] of NEIGHBOURS) {
    if (!name.test(path)) continue;
    const found = sibling(path, neighbour);
    if (found === null) continue;
    // A configuration of that name is Supabase's only when it names a project.
    if (framework !== 'supabase' || /^\s*project_id\s*=/m.test(found.text)) return framework;
  }
  return undefined;
}

function byName(path: string): Framework | undefined {
  return NAMES.find(([pattern]) => pattern.test(path))?.[1];
}

/** True for the half of a pair of files that takes back what the other did. */
export function isDownFile(path: string): boolean {
  return /(?:^|[./-])down\.sql$/i.test(path) || /(?:^|\/)U\d[\d._]*__[^/]+\.sql$/.test(path) || /(?:^|\/)revert\/[^/]+\.sql$/.test(path);
}

/** The tool's own id: the version in front of a name, or the directory where that is the migration. */
export function revisionOf(path: string): string | null {
  const segments = path.split('/');
  const name = segments.at(-1) ?? '';
  const own = /^(?:migration|up|down)\.sql$/.test(name) ? (segments.at(-2) ?? '') : name;
  return /^[VUB]?(\d[\d._-]*?)(?:__|_|-|\.sql$|\.up\.|\.down\.|$)/.exec(own)?.[1] ?? null;
}
