import { spawnSync } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** A file of the deployed application. */
export interface CodeFile {
  /** From the top of the checkout, forward slashes. */
  path: string;
  text: string;
}

/** The application as it runs: what can be asked for files that hold a word. */
export interface Code {
  /** What the code is called in messages: `origin/main`. */
  name: string;
  /** Files in which any of the words stands, without regard to case. */
  filesWith(words: readonly string[]): CodeFile[];
  /** Files with a line that an extended regular expression of git matches. */
  filesMatching(pattern: string): CodeFile[];
  /** Whether any file has a line like that; case does not count. */
  hasLine(pattern: string): boolean;
  /** The last line like that, migrations and tests included; case does not count. */
  lineMatching(pattern: string): { path: string; line: number } | null;
}

/** What models, queries and SQL are written in; languages that are not parsed can still name a column. */
const PATHSPEC = [
  ...['ts', 'tsx', 'mts', 'cts', 'js', 'jsx', 'mjs', 'cjs', 'py', 'sql', 'prisma', 'rb', 'go', 'java', 'kt', 'rs', 'php', 'cs', 'ex', 'scala'].map((extension) => `*.${extension}`),
  ...['node_modules', 'vendor', 'dist', 'build'].map((folder) => `:(exclude,glob)**/${folder}/**`),
];

/** Code that never runs against the production database, and migrations, which no release reads. */
const NOT_DEPLOYED =
  /(?:^|\/)(?:tests?|__tests__|__mocks__|specs?|e2e|dev|cypress|playwright|fixtures?|stories|docs?|examples?|migrations?|migrate|alembic|versions|seeders|node_modules)\/|[._-](?:test|tests|spec|stories|e2e|mock)s?\.[a-z]+$|(?:^|\/)(?:test_[^/]*|[^/]*_test|conftest)\.[a-z]+$|\.min\.js$|\.d\.ts$|(?:^|\/)(?:structure|schema|dump|init)\.sql$/i;

export function isDeployedCode(path: string): boolean {
  return !NOT_DEPLOYED.test(path);
}

/** A browser's code names columns in what a server sent it; it never sends SQL. */
const BROWSER = /\.[jt]sx$|(?:^|\/)(?:frontend|client|webapp|ui|components|openapi|locales|i18n)\//i;

/** Whether a word standing beside a table's name may be a use of it. */
export function mayReachDatabase(path: string): boolean {
  return !BROWSER.test(path);
}

/** Milliseconds; a search that takes longer is given up. */
const PATIENCE = 30_000;

/** 256 MB: more than a batch of sources ever is. */
const LARGEST = 1 << 28;

/** Files read in one go. */
const BATCH = 2000;

/** Bytes and not letters are compared: five times as fast, and code is spelled in ASCII. */
const ENVIRONMENT = { ...process.env, LC_ALL: 'C' };

/**
 * What git writes; null where it knows no such thing. Throws where it was cut
 * short: part of an answer would pass for all of it.
 */
function git(root: string, args: readonly string[], input?: string): Buffer | null {
  const { status, stdout, error } = spawnSync('git', ['-C', root, ...args], {
    env: ENVIRONMENT,
    maxBuffer: LARGEST,
    timeout: PATIENCE,
    stdio: ['pipe', 'pipe', 'ignore'],
    ...(input === undefined ? {} : { input }),
  });
  if (error !== undefined) throw error;
  // `git grep` exits 1 when nothing was found.
  if (args[0] === 'grep' && status !== 0 && status !== 1) throw new Error(`git grep ended with ${status}`);
  return status === 0 || args[0] === 'grep' ? stdout : null;
}

/** A file longer than this is generated, or data. */
const LONGEST = 400_000;

/** The commit that a name stands for, in full; null when git knows none of that name. */
export function commitOf(root: string, name: string): string | null {
  return git(root, ['rev-parse', '--verify', '--quiet', '--end-of-options', `${name}^{commit}`])?.toString('utf8').trim() ?? null;
}

/** Those of the paths that differ between a commit and the disk. */
export function changedBetween(root: string, commit: string, paths: readonly string[]): string[] {
  const changed = git(root, ['diff', '--name-only', '-z', '--no-renames', commit, '--', ...paths.map((path) => `:(top,literal)${path}`)]);
  return changed?.toString('utf8').split('\0').filter((path) => path !== '') ?? [];
}

/** How the code on the disk differs from a commit, word by word, and which files git does not know yet; null where that cannot be told. */
export function differenceFrom(root: string, commit: string): string | null {
  try {
    const changed = git(root, ['diff', '--no-renames', '--no-color', '--no-ext-diff', commit, '--', ...PATHSPEC]);
    const fresh = git(root, ['ls-files', '--others', '--exclude-standard', '--', ...PATHSPEC]);
    return changed === null || fresh === null ? null : `${changed.toString('latin1')}\0${fresh.toString('latin1')}`;
  } catch {
    return null;
  }
}

abstract class SearchedCode implements Code {
  constructor(
    protected readonly root: string,
    readonly name: string,
    /** Folders that hold migrations, which no release reads: from the top of the checkout, with a slash at the end. */
    private readonly apart: readonly string[],
  ) {}

  /** Arguments that say where `git grep` looks, and what it writes before each path. */
  protected abstract readonly where: readonly string[];
  protected abstract readonly prefix: string;
  protected abstract read(paths: readonly string[]): CodeFile[];

  filesWith(words: readonly string[]): CodeFile[] {
    return words.length === 0 ? [] : this.read(this.paths(['-w', '-i', '-F', ...words.flatMap((word) => ['-e', word])]));
  }

  filesMatching(pattern: string): CodeFile[] {
    return this.read(this.paths(['-E', '-e', pattern]));
  }

  hasLine(pattern: string): boolean {
    return this.paths(['-i', '-E', '-e', pattern]).length > 0;
  }

  lineMatching(pattern: string): { path: string; line: number } | null {
    const found = git(this.root, ['grep', '-n', '-z', '-i', '--full-name', '-E', '-e', pattern, ...this.where, '--', ...PATHSPEC])?.toString('utf8') ?? '';
    const last = found.trimEnd().split('\n').at(-1)?.split('\0') ?? [];
    const [path = '', line] = last;
    return line === undefined ? null : { path: path.slice(this.prefix.length), line: Number(line) };
  }

  /** Numbered as migrations are: other code may stand in the same folder. */
  private isApart(path: string): boolean {
    return this.apart.some((folder) => path.startsWith(folder) && /^\D?\d|\d{3}/.test(path.slice(folder.length).split('/')[0] ?? ''));
  }

  private paths(grep: readonly string[]): string[] {
    const found = git(this.root, ['grep', '-l', '-z', '--full-name', ...grep, ...this.where, '--', ...PATHSPEC])?.toString('utf8').split('\0') ?? [];
    return found.filter((path) => path !== '').map((path) => path.slice(this.prefix.length)).filter((path) => isDeployedCode(path) && !this.isApart(path));
  }
}

/** The tree of a commit, read from git's objects; nothing is checked out. */
export class CommittedCode extends SearchedCode {
  protected readonly where: readonly string[];
  protected readonly prefix: string;

  /** `commit` is what git resolves; `name` what people call it. */
  constructor(root: string, name: string, private readonly commit = name, apart: readonly string[] = []) {
    super(root, name, apart);
    this.where = [commit];
    this.prefix = `${commit}:`;
  }

  protected read(paths: readonly string[]): CodeFile[] {
    // A path with a line break cannot be asked for in a batch.
    const asked = paths.filter((path) => !path.includes('\n'));
    const files: CodeFile[] = [];
    for (let first = 0; first < asked.length; first += BATCH) files.push(...this.batch(asked.slice(first, first + BATCH)));
    return files;
  }

  private batch(asked: readonly string[]): CodeFile[] {
    const bytes = git(this.root, ['cat-file', '--batch'], asked.map((path) => `${this.commit}:${path}\n`).join(''));
    if (bytes === null) throw new Error('git cat-file failed');
    const files: CodeFile[] = [];
    let at = 0;
    for (const path of asked) {
      const end = bytes.indexOf(10, at);
      const size = Number(/ blob (\d+)$/.exec(bytes.toString('utf8', at, end))?.[1] ?? Number.NaN);
      if (Number.isNaN(size)) {
        at = end + 1;
        continue;
      }
      if (size <= LONGEST) files.push({ path, text: bytes.toString('utf8', end + 1, end + 1 + size) });
      at = end + 1 + size + 1;
    }
    return files;
  }
}

/** What lies on the disk, files that git does not know yet included, those that it ignores not. */
export class WorkingTree extends SearchedCode {
  protected readonly where = ['--untracked'];
  protected readonly prefix = '';

  constructor(root: string, apart: readonly string[] = []) {
    super(root, 'the working tree', apart);
  }

  protected read(paths: readonly string[]): CodeFile[] {
    return paths.flatMap((path): CodeFile[] => {
      const file = join(this.root, path);
      try {
        return statSync(file).size > LONGEST ? [] : [{ path, text: readFileSync(file, 'utf8') }];
      } catch {
        // Gone since git saw it, or not ours to read.
        return [];
      }
    });
  }
}
