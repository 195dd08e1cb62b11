/** Commands that make a migration, as they stand in scripts and recipes. */
const GENERATORS: readonly RegExp[] = [
  /\bknex(?:\.js)?\b.*\bmigrate:make\b/,
  /\bsequelize(?:-cli)?\b.*\b(?:migration|model):(?:generate|create)\b/,
  /\btypeorm\b.*\bmigration:(?:create|generate)\b/,
  /\bnode-pg-migrate\b.*\bcreate\b/,
  /\bdrizzle-kit\b.*\bgenerate(?::pg)?\b/,
  /\bprisma\b.*\bmigrate\s+dev\b/,
  /\bmikro-orm(?:-esm)?\b.*\bmigration:(?:create|initial)\b/,
  /\bdb-migrate\b.*\bcreate\b/,
  /\bkysely\b.*\bmigrate(?::|\s+)make\b/,
  /\bmanage\.py\s+makemigrations\b|\bdjango-admin\s+makemigrations\b/,
  /\batlas\s+migrate\s+(?:diff|new)\b/,
  /\bsupabase\s+(?:db\s+diff|migration\s+new)\b/,
  /\bdbmate\b.*\bnew\b/,
  /\bgoose\b.*\bcreate\b/,
  /\bmigrate\s+create\b/,
  /\bsqlx\s+migrate\s+add\b/,
  /\bdiesel\s+migration\s+generate\b/,
];

/** Alembic calls us by itself where its configuration can be told to. */
const ALEMBIC = /\balembic\b.*\brevision\b|\bflask\s+db\s+(?:migrate|revision)\b/;

export interface GeneratorOptions {
  /** True when the commands of Alembic need us in front of them too. */
  alembic: boolean;
}

function generates(command: string, { alembic }: GeneratorOptions): boolean {
  if (/^\s*[@+-]*\s*(?:echo|printf)\b/.test(command)) return false;
  return GENERATORS.some((pattern) => pattern.test(command)) || (alembic && ALEMBIC.test(command));
}

/** Parts of a command line between `&&`, `||`, `|`, `&` and `;` that stand outside of quotes. */
function segments(line: string): { start: number; end: number }[] {
  const found: { start: number; end: number }[] = [];
  let start = 0;
  // A quote of a script in JSON is written with a backslash; it ends at one like it.
  for (const { index, 0: token } of line.matchAll(/\\?"(?:[^"\\]|\\(?!").)*\\?"|'[^']*'|&&|\|\||[;|&]/g)) {
    if (/^[\\"']/.test(token)) continue;
    found.push({ start, end: index });
    start = index + token.length;
  }
  return [...found, { start, end: line.length }];
}

/** Where the name of the command stands: behind what a recipe or the environment puts before it. */
const BEFORE_COMMAND = /^\s*[@+-]*\s*(?:(?:export\s+)?[A-Za-z_]\w*=(?:"[^"]*"|'[^']*'|[^\s"']*)\s+)*/;

/** The line with `prefix` before each command that makes a migration. */
export function wrapCommands(line: string, prefix: string, options: GeneratorOptions): string {
  let wrapped = line;
  for (const { start, end } of segments(line).reverse()) {
    const command = line.slice(start, end);
    if (command.includes('migration-guard') || /^\s*#/.test(command) || !generates(command, options)) continue;
    const at = start + (BEFORE_COMMAND.exec(command)?.[0].length ?? 0);
    wrapped = wrapped.slice(0, at) + prefix + wrapped.slice(at);
  }
  return wrapped;
}
