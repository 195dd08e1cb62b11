import { spawnSync } from 'node:child_process';

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

/** 64 MB: more than one batch of sources, less than a mistake would cost. */
const LARGEST = 1 << 26;

function git(root: string, args: readonly string[], input?: string): Buffer | null {
  const { status, stdout } = spawnSync('git', ['-C', root, ...args], {
    maxBuffer: LARGEST,
    stdio: ['pipe', 'pipe', 'ignore'],
    ...(input === undefined ? {} : { input }),
  });
  // `git grep` exits 1 when nothing was found.
  return status === 0 || (status === 1 && args[0] === 'grep') ? stdout : null;
}

/** A file longer than this is generated, or data. */
const LONGEST = 400_000;

/** The tree of a commit, read from git's objects; nothing is checked out. */
export class CommittedCode implements Code {
  constructor(
    private readonly root: string,
    readonly name: string,
  ) {}

  filesWith(words: readonly string[]): CodeFile[] {
    return words.length === 0 ? [] : this.files(['-w', '-i', '-F', ...words.flatMap((word) => ['-e', word])]);
  }

  filesMatching(pattern: string): CodeFile[] {
    return this.files(['-E', '-e', pattern]);
  }

  private files(grep: readonly string[]): CodeFile[] {
    const found = git(this.root, ['grep', '-l', '-z', '--full-name', ...grep, this.name, '--', ...PATHSPEC])?.toString('utf8').split('\0') ?? [];
    return this.read(found.filter((path) => path !== '').map((path) => path.slice(this.name.length + 1)).filter(isDeployedCode));
  }

  private read(paths: readonly string[]): CodeFile[] {
    // A path with a line break cannot be asked for in a batch.
    const asked = paths.filter((path) => !path.includes('\n'));
    const bytes = git(this.root, ['cat-file', '--batch'], asked.map((path) => `${this.name}:${path}\n`).join(''));
    if (bytes === null) return [];
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
