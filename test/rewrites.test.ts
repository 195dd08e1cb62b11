import { PGlite } from '@electric-sql/pglite';
import { btree_gist } from '@electric-sql/pglite/contrib/btree_gist';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { lint } from '../src/lint.js';
import type { Finding } from '../src/finding.js';
import type { Rule } from '../src/rule.js';
import { rules } from '../src/rules/index.js';
import { statementsOf } from './statements.js';
import { catalogueOf } from './catalogue-of-database.js';
import { blockedBy } from '../src/postgres/locks.js';
import { pgliteConnection } from '../src/postgres/observe/connection.js';
import { observe } from '../src/postgres/observe/observe.js';
import { findingsIn, fixturesOf, type Fixture } from './rule-fixtures.js';

let database: PGlite;
beforeAll(async () => {
  database = await PGlite.create({ extensions: { btree_gist } });
}, 60_000);
afterAll(() => database.close());

/** The steps as one file: what a step says in words only is left out. */
function joined(finding: Finding): string {
  return finding.safe
    .filter(({ code, language }) => code !== '' && language === 'sql')
    .map(({ code }) => code)
    .join('\n');
}

async function apply(statements: readonly string[]): Promise<void> {
  for (const statement of statements) await database.exec(statement);
}

async function reset(setup: string): Promise<void> {
  await database.exec('ROLLBACK');
  const { rows } = await database.query<{ name: string }>(
    `SELECT quote_ident(nspname) AS name FROM pg_namespace WHERE nspname !~ '^pg_' AND nspname <> 'information_schema'`,
  );
  for (const { name } of rows) await database.exec(`DROP SCHEMA ${name} CASCADE`);
  await database.exec('CREATE SCHEMA public; CREATE EXTENSION btree_gist SCHEMA public; RESET ALL');
  await apply(statementsOf(setup).map(({ text }) => text));
}

/** Advice that does not end where the original does, each with the reason. */
const ELSEWHERE: Readonly<Record<string, string>> = {
  'set-schema': 'a view stays under the old name',
  'add-stored-generated-column': 'before 18 a trigger stands in for the generated column',
  'detach-partition-blocking': 'CONCURRENTLY leaves the bounds behind as a CHECK',
  'int-to-bigint-key': 'the swap of a key that others reference is told in words',
  'add-constrained-domain-column': 'the column gets the base type of the domain',
  'create-unlogged-table': 'the table is logged',
  'not-enforced-constraint': 'the constraint is enforced',
  'table-without-primary-key': 'the table has a key',
  'enum-rename-value': 'both labels stay until the rows are moved',
  'drop-type': 'the columns of the type have to go first, by the author',
  'drop-schema': 'what the schema holds has to go first, by the author',
  'truncate-cascade': 'the other tables have to be named, by the author',
  'drop-database': 'there is no such database',
  'vacuum-full': 'a test database is in no state to compare',
  'fk-on-delete-cascade': 'the action is left out',
  'vector-index-build': 'a test database knows no such index',
  'fk-without-index': 'there is an index more',
  'hash-index': 'the index is a B-tree',
  'never-validated-constraint': 'the constraint is validated',
  'fk-not-valid-on-partitioned': 'the key of the parent, which comes last, is told in words',
  'toggle-trigger': 'DISABLE TRIGGER ALL is replaced by a setting of the session',
};

/** Advice that stands for the whole file, not only for the statement that was flagged. */
const IN_PLACE_OF_ALL = ['enum-recreate', 'replace-index'];

/** What the file would be with the advice taken: in place of the statement that was flagged, outside transactions. */
function advised(fixture: Fixture, finding: Finding): string[] {
  const advice = statementsOf(joined(finding)).map(({ text }) => text);
  const { offset } = finding.start;
  const flagged = statementsOf(fixture.text).find(({ start, end }) => start <= offset && offset < end)?.text ?? '';
  // What a function does is advised against where it is called, which goes with it.
  if (IN_PLACE_OF_ALL.includes(finding.ruleId) || /^create function\b/i.test(flagged)) return advice;
  return statementsOf(fixture.text).flatMap(({ text, start, end }) => {
    if (/^(begin|commit)\s*;?$/i.test(text)) return [];
    return start <= offset && offset < end ? advice : [text];
  });
}

function findingOn(fixture: Fixture, { meta }: Rule): Finding | undefined {
  return findingsIn(fixture, { [meta.id]: meta.severity }).find(({ ruleId }) => ruleId === meta.id);
}

/** Advice that the embedded server cannot run, each with the reason. */
const WITHOUT_SERVER: Readonly<Record<string, string>> = {
  'vector-index-build': ELSEWHERE['vector-index-build'] ?? '',
  'vacuum-full': 'it works on the whole table by its nature, beside reads and writes',
};

/** Statements that run outside a transaction by themselves, and take no lock that stops reads or writes. */
const BESIDE = /\bconcurrently\b|^\s*(do|vacuum|analyze)\b/i;

/** Runs the statements one by one; those that read, write or index all rows of a table under a lock that stops its reads or writes. */
async function longUnderLock(statements: readonly string[]): Promise<string[]> {
  const connection = pgliteConnection(database);
  const found: string[] = [];
  // Nobody waits for what the advice has just made itself.
  const born = new Set(statements.map((statement) => /^\s*create table (\w+)/i.exec(statement)?.[1]));
  for (const statement of statements) {
    if (/^\s*(begin|commit|set local)\b/i.test(statement)) continue;
    if (BESIDE.test(statement) || /^\s*(set|reset|select|insert|update|delete)\b/i.test(statement)) {
      await database.exec(statement);
      continue;
    }
    const { locks, scans, rewrites, sqlstate, message } = await observe(connection, statement, { commit: true });
    if (sqlstate !== null) throw new Error(`${message ?? sqlstate}\n${statement}`);
    const worked = new Set([...scans, ...rewrites]);
    const blocking = (locks ?? []).filter(({ table, mode }) => worked.has(table) && !born.has(table) && blockedBy(mode).some((what) => what !== 'ddl'));
    if (blocking.length > 0) found.push(`${blocking.map(({ table, mode }) => `${mode} on ${table}`).join(', ')}: ${statement}`);
  }
  return found;
}

for (const rule of rules) {
  const { id } = rule.meta;
  const fixtures = fixturesOf(id).filter(({ file }) => /^bad.*\.sql$/.test(file));
  describe.skipIf(fixtures.every((fixture) => findingOn(fixture, rule) === undefined))(id, () => {
    for (const fixture of fixtures) {
      const finding = findingOn(fixture, rule);
      // That it fires at all is tested with the rules.
      if (finding === undefined) continue;

      it(`advice on ${fixture.file} is silent when linted`, () => {
        expect(finding.safe).not.toHaveLength(0);
        // What a later migration has to be excused from is nothing to excuse in one file: the view is new there.
        const again = lint(joined(finding), { ...fixture.options, transaction: 'none', rules: { ...fixture.options.rules, 'unused-suppression': 'off' } }).filter(({ suppressed }) => suppressed === null);
        expect(again.map(({ ruleId, message }) => `${ruleId}: ${message}`), joined(finding)).toEqual([]);
      });

      const proven = ['lock', 'rewrite', 'validation'].includes(rule.meta.category) && joined(finding) !== '' && !IN_PLACE_OF_ALL.includes(id);
      it.runIf(proven && !(id in WITHOUT_SERVER))(`advice on ${fixture.file} stops no reads or writes while all rows are worked on`, async () => {
        await reset(fixture.options.schema ?? '');
        const before = statementsOf(fixture.text).filter(({ end }) => end <= finding.start.offset).map(({ text }) => text);
        await apply(before.filter((text) => !/^(begin|commit)\b/i.test(text)));
        expect(await longUnderLock(statementsOf(joined(finding)).map(({ text }) => text))).toEqual([]);
      });

      it.runIf(joined(finding) !== '' && !(id in ELSEWHERE))(`advice on ${fixture.file} runs, and ends in the same schema`, async () => {
        const setup = fixture.options.schema ?? '';
        await reset(setup);
        const failure = await apply(statementsOf(fixture.text).map(({ text }) => text)).then(
          () => null,
          (error: Error) => error.message,
        );
        const expected = failure === null ? await catalogueOf(database) : null;

        const statements = advised(fixture, finding);
        await reset(setup);
        await apply(statements).catch((error: Error) => {
          throw new Error(`${error.message}\n${statements.join('\n')}`);
        });
        // A migration that PostgreSQL refuses ends nowhere: there it is enough that the advice is accepted.
        const refused = finding.effects.fails !== null || finding.category === 'transaction';
        expect(failure === null || refused, String(failure)).toBe(true);
        if (expected !== null) expect(await catalogueOf(database), statements.join('\n')).toEqual(expected);
      });
    }
  });
}
