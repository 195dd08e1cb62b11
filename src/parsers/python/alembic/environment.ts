import type { TransactionShape } from '../../../operations/migration.js';
import { quoteLiteral } from '../../../sql/name.js';
import { ALEMBIC_FILES, alembicSettings, holdsFolder } from '../../../alembic-settings.js';
import type { Host, Source } from '../../parser.js';

/** What a project's `env.py` does around every revision. */
export interface Environment {
  /** Null where it leaves Alembic's default, one transaction for all. */
  transaction: { shape: TransactionShape; because: string } | null;
  /** Settings of the session that it makes before the first revision, in order. */
  settings: { name: string; value: string; local: boolean }[];
}

const NOTHING: Environment = { transaction: null, settings: [] };

/** `env.py` stands beside the folder of versions, or above folders of years within it. */
const PLACES = ['../env.py', './env.py', '../../env.py', '../../../env.py'];

export function environmentOf(path: string, host: Host): Environment {
  const source = environmentSource(path, host);
  return source === null ? NOTHING : readEnvironment(source.text);
}

/** The project's `env.py`, or null. */
export function environmentSource(path: string, host: Host): Source | null {
  for (const place of PLACES) {
    const found = environmentAt(path, place, host);
    if (found !== null) return found;
  }
  return environmentBySettings(path, host);
}

function environmentAt(path: string, place: string, host: Host): Source | null {
  const source = host.sibling?.(path, place) ?? null;
  return source !== null && /\bcontext\.configure\s*\(/.test(source.text) ? source : null;
}

/** Folders above the revisions in which their settings may stand. */
const LEVELS = 8;

/** Revisions that lie in a folder of their own, apart from `env.py`: `alembic.ini` says where it is. */
function environmentBySettings(path: string, host: Host): Source | null {
  const folders = path.split('/').slice(0, -1);
  for (let level = 0; level <= Math.min(LEVELS, folders.length); level++) {
    const up = '../'.repeat(level);
    const below = folders.slice(folders.length - level).join('/') || '.';
    for (const name of ALEMBIC_FILES) {
      const text = host.sibling?.(path, `${up === '' ? './' : up}${name}`)?.text;
      const own = text === undefined ? undefined : alembicSettings(name, text).find((settings) => holdsFolder(settings, below));
      if (own === undefined) continue;
      const found = own.scripts.map((script) => environmentAt(path, `${up === '' ? './' : up}${script}/env.py`, host));
      return found.find((source) => source !== null) ?? null;
    }
  }
  return null;
}

export function readEnvironment(source: string): Environment {
  const text = source.replaceAll(/^\s*#.*$/gm, '');
  return { transaction: transactionOf(text), settings: [...optionsOf(text), ...statementsOf(text)] };
}

const SHAPES: readonly [RegExp, TransactionShape, string][] = [
  [/\btransaction_per_migration\s*=\s*True\b/, 'file', 'transaction_per_migration=True in env.py'],
  [/\btransactional_ddl\s*=\s*False\b/, 'none', 'transactional_ddl=False in env.py'],
  [/\bisolation_level['"]?\s*[=:]\s*['"]AUTOCOMMIT['"]/, 'none', 'isolation_level="AUTOCOMMIT" in env.py'],
];

function transactionOf(text: string): Environment['transaction'] {
  for (const [pattern, shape, because] of SHAPES) if (pattern.test(text)) return { shape, because };
  return null;
}

const NAME = String.raw`(lock_timeout|statement_timeout|idle_in_transaction_session_timeout|transaction_timeout|search_path|role|timezone)`;

/** `connection.execute(text("SET lock_timeout = '4s'"))`, however it is sent. */
function statementsOf(text: string): Environment['settings'] {
  const pattern = new RegExp(String.raw`\bSET\s+(?:(LOCAL|SESSION)\s+)?${NAME}\s*(?:=|\bTO\b)\s*('[^'\n]*'|\{[^}\n]*\}\w*|[\w,.]+)`, 'gi');
  return [...text.matchAll(pattern)].map(([, scope, name = '', value = '']) => ({
    name: name.toLowerCase(),
    value: valueOf(value),
    local: scope?.toUpperCase() === 'LOCAL',
  }));
}

/** `connect_args={"options": "-c lock_timeout=4000"}`, and asyncpg's `server_settings`. */
function optionsOf(text: string): Environment['settings'] {
  const flag = new RegExp(String.raw`-c\s*${NAME}=([\w{}.]+)`, 'gi');
  const entry = new RegExp(String.raw`['"]${NAME}['"]\s*:\s*['"]?([\w{}.]+)`, 'gi');
  const settings = /server_settings['"]?\s*[:=]\s*\{([^}]*)\}/.exec(text)?.[1] ?? '';
  return [...text.matchAll(flag), ...settings.matchAll(entry)].map(([, name = '', value = '']) => ({
    name: name.toLowerCase(),
    value: valueOf(value),
    local: false,
  }));
}

/** A value put in at run time is some value: the setting is in force, its size is not known. */
function valueOf(written: string): string {
  if (/[{}]/.test(written)) return quoteLiteral('__value__');
  return /^(?:'|\d+$)/.test(written) ? written : quoteLiteral(written);
}
