import type { Framework, TransactionShape } from '../../../operations/migration.js';
import type { Span } from '../../../operations/types.js';
import type { Host, Source } from '../../parser.js';
import type { ScannedSql } from '../scan.js';
import { isDownFile } from './recognise.js';
import { liquibase } from './liquibase.js';

/** A part of the file that runs in one direction. */
export interface Section extends Span {
  /** What the grammar reads instead of the file's own text; same length as the section. */
  text?: string;
  /** BEGIN and COMMIT that the tool sends around it and that the file's shape does not say. */
  wrapped?: true;
}

/** How a tool cuts a file and what it opens around it. */
export interface Layout {
  transaction: TransactionShape;
  /** Why, when the file says so itself. */
  transactionSetBy: string | null;
  up: Section[];
  /** Null for a file without a downward part. */
  down: Section[] | null;
}

const SHAPES: Readonly<Partial<Record<Framework, TransactionShape>>> = {
  sql: 'none',
  prisma: 'implicit',
  drizzle: 'batch',
  supabase: 'implicit',
  flyway: 'file',
  dbmate: 'file',
  goose: 'file',
  'golang-migrate': 'implicit',
  diesel: 'file',
  sqlx: 'file',
  sqitch: 'none',
  liquibase: 'file',
  atlas: 'file',
  'graphile-migrate': 'file',
  hasura: 'implicit',
  'node-pg-migrate': 'batch',
  'db-migrate': 'file',
  'alembic-offline': 'none',
};

/** Comments that open the two halves of one file. */
interface Markers {
  up: RegExp;
  down: RegExp;
}

const SECTIONS: Readonly<Partial<Record<Framework, Markers>>> = {
  dbmate: { up: /^migrate:up\b/i, down: /^migrate:down\b/i },
  goose: { up: /^\+goose\s+up\b/i, down: /^\+goose\s+down\b/i },
  'node-pg-migrate': { up: /^[\s-]*up\s+migration\b/i, down: /^[\s-]*down\s+migration\b/i },
};

/** Tools without a name of their own here, known by their markers. */
const OTHER_SECTIONS: readonly Markers[] = [
  { up: /^\+migrate\s+up\b/i, down: /^\+migrate\s+down\b/i },
  { up: /^-*\s*create above\b/i, down: /^-*\s*create above\s*\/\s*drop below\b/i },
];

interface OptOut {
  framework: Framework;
  pattern: RegExp;
  shape: TransactionShape;
}

/** Comments by which a file chooses its own transaction. */
const OPT_OUTS: readonly OptOut[] = [
  // One section is one string for the server, transaction or not.
  { framework: 'dbmate', pattern: /^migrate:up\b.*\btransaction:\s*false\b/i, shape: 'implicit' },
  { framework: 'goose', pattern: /^\+goose\s+no\s+transaction\b/i, shape: 'none' },
  { framework: 'sqlx', pattern: /^no-transaction\s*$/i, shape: 'implicit' },
  { framework: 'atlas', pattern: /^atlas:txmode\s+none\b/i, shape: 'none' },
  { framework: 'atlas', pattern: /^atlas:txmode\s+all\b/i, shape: 'batch' },
  { framework: 'graphile-migrate', pattern: /^!\s*no-transaction\b/i, shape: 'none' },
  { framework: 'sql', pattern: /^postgres-migrations disable-transaction\b/i, shape: 'implicit' },
  { framework: 'sql', pattern: /^\+migrate\s+up\b.*\bnotransaction\b/i, shape: 'none' },
  { framework: 'sql', pattern: /^\+migrate\s+up\b/i, shape: 'file' },
  { framework: 'sql', pattern: /^-*\s*create above\s*\/\s*drop below\b/i, shape: 'file' },
];

/** Files beside the migration that choose for it. */
const OPT_OUT_FILES: readonly (readonly [framework: Framework, file: (path: string) => string, pattern: RegExp, shape: TransactionShape])[] = [
  ['diesel', () => 'metadata.toml', /^\s*run_in_transaction\s*=\s*false\b/m, 'implicit'],
  ['flyway', (path) => `${path.split('/').at(-1) ?? ''}.conf`, /^\s*executeInTransaction\s*=\s*false\b/m, 'none'],
];

export function layoutOf(source: Source, framework: Framework, scanned: ScannedSql, host: Host | undefined): Layout {
  const shape = transactionOf(source, framework, scanned, host);
  if (framework === 'liquibase') return liquibase(scanned);
  const whole: Section = { start: 0, end: source.text.length };
  if (isDownFile(source.path)) return { ...shape, up: [], down: [whole] };
  const markers = SECTIONS[framework];
  const cut = markers === undefined ? otherSections(scanned) : sections(scanned, markers);
  return { ...shape, ...(cut ?? { up: [whole], down: null }) };
}

function transactionOf(source: Source, framework: Framework, scanned: ScannedSql, host: Host | undefined): Chosen {
  return byComment(source, framework, scanned) ?? byFile(source, framework, host) ?? { transaction: SHAPES[framework] ?? 'none', transactionSetBy: null };
}

type Chosen = Pick<Layout, 'transaction' | 'transactionSetBy'>;

function byComment(source: Source, framework: Framework, scanned: ScannedSql): Chosen | undefined {
  for (const optOut of OPT_OUTS) {
    if (optOut.framework !== framework) continue;
    const comment = scanned.comments.find(({ text }) => optOut.pattern.test(text));
    if (comment === undefined) continue;
    const [line = ''] = source.text.slice(comment.span.start, comment.span.end).split('\n', 1);
    return { transaction: optOut.shape, transactionSetBy: line.trim() };
  }
  return undefined;
}

function byFile(source: Source, framework: Framework, host: Host | undefined): Chosen | undefined {
  for (const [name, file, pattern, shape] of OPT_OUT_FILES) {
    if (name !== framework) continue;
    const path = file(source.path);
    const match = pattern.exec(host?.sibling?.(source.path, path)?.text ?? '');
    if (match !== null) return { transaction: shape, transactionSetBy: `${match[0].trim()} in ${path}` };
  }
  return undefined;
}

/** Undefined when the file has no such marker. */
function sections({ comments, text }: ScannedSql, markers: Markers): Pick<Layout, 'up' | 'down'> | undefined {
  const cuts: { direction: 'up' | 'down'; marker: Span }[] = [];
  for (const { span, text: words } of comments) {
    if (markers.down.test(words)) cuts.push({ direction: 'down', marker: span });
    else if (markers.up.test(words)) cuts.push({ direction: 'up', marker: span });
  }
  if (cuts.length === 0) return undefined;
  const result: { up: Section[]; down: Section[] } = { up: [], down: [] };
  cuts.forEach(({ direction, marker }, index) => {
    result[direction].push({ start: marker.end, end: cuts[index + 1]?.marker.start ?? text.length });
  });
  return { up: result.up, down: cuts.some((cut) => cut.direction === 'down') ? result.down : null };
}

function otherSections(scanned: ScannedSql): Pick<Layout, 'up' | 'down'> | undefined {
  const [sqlMigrate, tern] = OTHER_SECTIONS;
  if (sqlMigrate === undefined || tern === undefined) return undefined;
  const cut = sections(scanned, sqlMigrate);
  if (cut !== undefined) return cut;
  // tern's only marker stands between the halves.
  const below = sections(scanned, tern);
  const start = below?.down?.[0]?.start;
  if (below === undefined || start === undefined) return undefined;
  const marker = scanned.comments.find((comment) => comment.span.end === start);
  return { up: [{ start: 0, end: marker?.span.start ?? 0 }], down: below.down };
}
