import { PGlite } from '@electric-sql/pglite';
import { btree_gist } from '@electric-sql/pglite/contrib/btree_gist';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { lint } from '../src/lint.js';
import type { Finding } from '../src/finding.js';
import { rules } from '../src/rules/index.js';
import { statementsOf } from './statements.js';
import { catalogueOf } from './catalogue-of-database.js';
import { findingsIn, fixturesOf, type Fixture } from './rule-fixtures.js';

let database: PGlite;
beforeAll(async () => {
  database = await PGlite.create({ extensions: { btree_gist } });
});
afterAll(() => database.close());

/** The steps as one file: what a step says in words only is left out. */
function joined(finding: Finding): string {
  return finding.safe
    .filter(({ code, language }) => code !== '' && language === 'sql')
    .map(({ code }) => code)
    .join('\n');
}

async function run(setup: string, sql: string): Promise<string[]> {
  await database.exec('DROP SCHEMA IF EXISTS public CASCADE; CREATE SCHEMA public; RESET ALL;');
  const extra = await database.query<{ nspname: string }>(
    `SELECT nspname FROM pg_namespace WHERE nspname !~ '^pg_' AND nspname NOT IN ('public', 'information_schema')`,
  );
  for (const { nspname } of extra.rows) await database.exec(`DROP SCHEMA ${nspname} CASCADE`);
  for (const statement of [...statementsOf(setup), ...statementsOf(sql)]) await database.exec(statement);
  return catalogueOf(database);
}

/** Rules whose advice is given in words, or is meant to end elsewhere, each with its reason. */
const ELSEWHERE: Readonly<Record<string, string>> = {
  'rename-column': 'both names stay until the next release is out',
  'rename-table': 'a view stays under the old name',
  'set-schema': 'a view stays under the old name',
  'add-stored-generated-column': 'before 18 a trigger stands in for the generated column',
  'enum-rename-value': 'both labels stay until the rows are moved',
  'vacuum-full': 'nothing changes in the catalogue',
};

function rewriteOf(fixture: Fixture, rule: string): Finding {
  const [finding] = mine(fixture, rule);
  if (finding === undefined) throw new Error(`${rule} is silent on ${fixture.file}`);
  return finding;
}

function mine(fixture: Fixture, rule: string): Finding[] {
  const meta = rules.find(({ meta: { id } }) => id === rule)?.meta;
  return findingsIn(fixture, { [rule]: meta?.severity ?? 'warning' }).filter(({ ruleId }) => ruleId === rule);
}

for (const { meta } of rules) {
  const fixtures = fixturesOf(meta.id).filter(({ file }) => /^bad.*\.sql$/.test(file));
  describe.skipIf(fixtures.length === 0)(meta.id, () => {
    for (const fixture of fixtures) {
      it(`gives advice on ${fixture.file} that is silent when linted`, () => {
        const finding = rewriteOf(fixture, meta.id);
        expect(finding.safe).not.toHaveLength(0);
        const again = lint(joined(finding), { ...fixture.options, transaction: 'none' }).filter(({ suppressed }) => suppressed === null);
        expect(again.map(({ ruleId, message }) => `${ruleId}: ${message}`), joined(finding)).toEqual([]);
      });

      it.skipIf(meta.id in ELSEWHERE)(`gives advice on ${fixture.file} that ends in the same schema`, async (test) => {
        const code = joined(rewriteOf(fixture, meta.id));
        if (code === '') return test.skip();
        const setup = fixture.options.schema ?? '';
        const expected = await run(setup, fixture.text).catch((error: Error) => error);
        if (expected instanceof Error) return test.skip();
        const actual = await run(setup, code).catch((error: Error) => {
          throw new Error(`${error.message}\n${code}`);
        });
        expect(actual, code).toEqual(expected);
      });
    }
  });
}
