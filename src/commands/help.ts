import type { CommandName } from './options.js';

const HELP = `migration-guard reads database migrations before they run and says what they
will do to a live PostgreSQL: what is locked, what is rewritten, what is lost,
and the safe way to do each. It runs nothing and needs no database.

  migration-guard [check] [paths…]   lint files, directories and globs
  migration-guard run -- <command>   run it, lint the migrations that it made
  migration-guard inspect [paths…]   print every operation and what it does
  migration-guard explain <rule>     what a rule flags and what to do instead
  migration-guard rules              every rule
  migration-guard plan <migration>   the same change in safe steps, as files
  migration-guard stats              how large and how busy the tables are
  migration-guard rehearse [paths…]  run them on a real, populated PostgreSQL
  migration-guard init               let hooks, generators and CI call it

migration-guard <command> --help says more about one.

Without paths: migrations changed since the default branch, staged and
untracked ones included; outside of a git repository every one.

Which files
  --all                    every migration of the project
  --since <ref>            changed since the merge-base with <ref>
  --staged                 what the next commit holds, from the index
  --new                    files that nobody else has yet
  --latest [n]             the newest n of each project, by its tool's order
  --stdin, -               read standard input
  --stdin-filename <path>  the name that standard input goes by

How they run
  --postgres <version>     major version of the server, 11 to 18 (16)
  --schema <file>          DDL of what the database already holds
  --framework <name>       the tool that runs the files, when not recognised
  --transaction <shape>    file, batch, implicit or none, instead of the tool's
  --deploy <how>           together: as one release; each: one after the other
  --deployed <ref>         the revision that runs, searched for what is dropped;
                           worktree, or none for no search (default branch)
  --stats <file>           what "migration-guard stats" wrote: findings on small
                           tables are remarks, on large ones they say how long
  --direction <way>        up or down; --down for short

What is said
  -f, --format <name>      text, json, github, gitlab, sarif, junit, markdown,
                           checkstyle, rdjson, rdjsonl, azure, teamcity
  -o, --output-file <to>   <path>, or <format>=<path> for one more report
  --preset <name>          recommended, strict or all
  --rule <rule>=<severity> off, info, warning or error; may be repeated
  --baseline <file>        without the findings that <file> knows
  --update-baseline        writes the findings of this run into it
  --full                   the long safe ways too where a rule fires again
  -q, --quiet              errors only
  -s, --silent             nothing; the exit code speaks
  --color, --no-color      colours whatever the terminal is

What is changed
  --fix                    applies the edits that change nothing but the hazard
  --fix-suggestions        applies every safe way that is an edit of the file

When it fails
  --fail-on <severity>     exit 1 on findings of this severity or a worse one
  --max-warnings <n>       exit 1 on more warnings than this

Other
  -c, --config <file>      this configuration; --no-config for none
      --no-cache           neither keep this run nor print one that was kept
  --print-config [file]    what is in force, for one file where it is named
  --debug                  stacks of internal errors
  -h, --help               -V, --version

Findings are advice. Exit code 0: it ran, whatever was found. 1: what you asked
for with --fail-on or --max-warnings. 2: wrong arguments or configuration, a
named file that cannot be read, or a fault of ours.
`;

const OUTPUT = `  -f, --format <name>      text or json
  -o, --output-file <to>   <path>, or <format>=<path> for one more report
`;

/** Of the commands that are not explained by the whole. */
const HELP_ON: Readonly<Partial<Record<CommandName, string>>> = {
  run: `migration-guard run [options] -- <command>

Runs the command on this terminal, then lints the migrations that it made or
changed, also when it failed. The exit code is the command's own where it
failed; where it went well, that of the linter.

  migration-guard run -- alembic revision --autogenerate -m "add orders"
  migration-guard run --fail-on error -- npx drizzle-kit generate

Takes the options of "check" before the "--", see migration-guard --help.
`,
  inspect: `migration-guard inspect [options] [paths…]

Prints every operation of the migrations in the order of execution, hazard or
not: the SQL that it comes to, what it locks and for how long, what it rewrites,
scans and builds, and how it can fail.

${OUTPUT}
Takes the options of "check" on which files and how they run, see
migration-guard --help.
`,
  explain: `migration-guard explain <rule>…

Says what a rule flags, what PostgreSQL does there and what to do instead.

${OUTPUT}`,
  rules: `migration-guard rules

Lists every rule with its severity and what it flags.

${OUTPUT}`,
  stats: `migration-guard stats --database-url <url> [options]

Writes how large the tables of a database are and how many rows are written in a
second, from its catalogues and counters; no row of any table is read. "check
--stats <file>" reads it.

  --database-url <url>     the database that is measured
  --seconds <n>            how long writes are counted (5); 0 for not at all
  -o, --output-file <path> where to; standard output when absent
`,
  plan: `migration-guard plan [options] <migration>[:<line>] | <fingerprint>

Prints the files that make the same change in steps which two releases live
through, in the words and under the names of the tool that runs them: what comes
before the new release, what brings the rows along, what comes after, and what
has to be deployed in between. Of one line where it is given, else of all.

  --write                  writes the files; without it they are only shown

Takes the options of "check" on how migrations run, see migration-guard --help.
`,
  rehearse: `migration-guard rehearse [options] [paths…]

Runs migrations on a real PostgreSQL that holds their history and generated
rows, and says what each statement did, beside what was predicted: locks and
how long they are held, rewrites, scans, index builds, rows, failures.

Where
                           PGlite, in memory: npm i -D @electric-sql/pglite
  --server <version>       a throw-away server from npm, 14 to 18
  --database-url <url>     an empty database, in a transaction rolled back
  --on-copy                it holds a copy that may be changed and locked for
                           the time of the rehearsal; rolled back as well

On what
  --schema <file>          DDL to begin with, instead of the earlier migrations
  --rows <n>               rows of each table (1000)
  --seed <n>               other rows (1)

What else
  --round-trip             down and up again; what does not come back is named
  --probe <file>           SQL of the running version, or pg_stat_statements as
                           CSV or JSON: what stops working after a migration
  --strict                 exit 1 on a difference, a failure, a loss or a
                           statement of the running version that breaks
  -f, --format <name>      text, json or markdown
  -o, --output-file <to>   <path>, or <format>=<path> for one more report
  -s, --silent             nothing; the exit code speaks

Takes the options of "check" on which files and how they run, see
migration-guard --help.
`,
  init: `migration-guard init [options]

Finds what makes, commits and deploys migrations here, shows the change to each
file that lets it call migration-guard, and makes those you agree to: Alembic's
post-write hooks, scripts of package.json, recipes of Makefile and justfile,
pre-commit, husky, lefthook, simple-git-hooks, lint-staged, GitHub, GitLab.

  -y, --yes                make the changes without asking
  --dry-run                only show them
  --only <names>           some of alembic, scripts, recipes, pre-commit, husky,
                           lefthook, simple-git-hooks, lint-staged, github,
                           gitlab, config; with commas or repeated
  --postgres <version>     major version of the server, for the configuration
  --undo                   take out what it put in, to the byte
`,
};

/** The whole, or what there is to say on one command. */
export function helpOn(command: CommandName, named: boolean): string {
  return (named ? HELP_ON[command] : undefined) ?? HELP;
}
