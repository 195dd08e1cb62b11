import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Finding } from '../src/finding.js';
import { findingsOfFile, lintProject, reportOf, runProject, type ProjectOptions } from '../src/project.js';
import { github } from '../src/reporters/github.js';
import { markdown } from '../src/reporters/markdown.js';
import { sarif } from '../src/reporters/sarif.js';
import { text } from '../src/reporters/text.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'overlap-'));
  git('init', '-q', '-b', 'main');
  // A cache of its own: answers of other runs must not decide these.
  mkdirSync(join(folder, 'node_modules'));
  write('.gitignore', 'node_modules\n');
  write('migrations/0001_orders.sql', BEGINNING);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const BEGINNING = `CREATE TABLE orders (id bigint PRIMARY KEY, note text, total integer, legacy text);
CREATE TABLE letters (id bigint PRIMARY KEY, body text);
`;

const ENTITY = `import { Entity, Column } from 'typeorm';
@Entity('orders')
export class Order {
  @Column() id: string;
  @Column() note: string;
  @Column() total: number;
}
`;

function git(...args: string[]): void {
  execFileSync('git', ['-C', folder, '-c', 'user.name=a', '-c', 'user.email=a@example.com', ...args]);
}

function write(path: string, content: string): void {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), content);
}

/** Commits what there is as the deployed release, and begins a branch. */
function deployed(): void {
  git('add', '-A');
  git('commit', '-q', '-m', 'x');
  git('checkout', '-q', '-b', 'feature');
}

async function findings(sql: string, options: ProjectOptions = {}): Promise<Finding[]> {
  write('migrations/0002_next.sql', sql);
  return (await lintProject({ cwd: folder, config: false, ...options })).findings;
}

async function finding(ruleId: string, sql: string, options: ProjectOptions = {}): Promise<Finding | undefined> {
  return (await findings(sql, options)).find((one) => one.ruleId === ruleId);
}

function places({ uses = [] }: Finding): string[] {
  return uses.map(({ path, line, kind, certainty }) => `${certainty} ${kind} ${path}:${line}`);
}

describe('a column that is dropped', () => {
  beforeEach(() => {
    write('src/order.ts', ENTITY);
    write('src/report.ts', 'export const report = (db) => db.query("SELECT note FROM orders");\n');
    deployed();
  });

  it('is an error with its places while the deployed code uses it', async () => {
    const found = (await finding('drop-column', 'ALTER TABLE orders DROP COLUMN note;')) as Finding;
    expect(found.severity).toBe('error');
    expect(found.message).toBe('Dropping column "note" of "orders" loses its values for good; main uses it at src/order.ts:5 and 1 more place.');
    expect(places(found)).toEqual(['certain model src/order.ts:5', 'certain sql src/report.ts:1']);
  });

  it('is a remark where nothing names it', async () => {
    const found = (await finding('drop-column', 'ALTER TABLE orders DROP COLUMN legacy;')) as Finding;
    expect(found.severity).toBe('info');
    expect(found.message).toBe('Dropping column "legacy" of "orders" loses its values for good; nothing in main names it.');
    expect(found.uses).toBeUndefined();
  });

  it('is to wait for the next release where the same change removes its last use', async () => {
    write('src/order.ts', ENTITY.replace('  @Column() note: string;\n', ''));
    write('src/report.ts', '');
    const found = (await finding('drop-column', 'ALTER TABLE orders DROP COLUMN note;')) as Finding;
    expect(found.severity).toBe('error');
    expect(found.message).toContain('which this change removes as well: deploy that first, and drop in a later release.');
    expect(places(found)).toHaveLength(2);
  });

  it('is no matter of splitting while one use stays', async () => {
    write('src/report.ts', '');
    const found = (await finding('drop-column', 'ALTER TABLE orders DROP COLUMN note;')) as Finding;
    expect(found.message).not.toContain('removes as well');
  });

  it('is judged as ever once its migration is deployed', async () => {
    write('migrations/0002_next.sql', 'ALTER TABLE orders DROP COLUMN legacy;');
    git('checkout', '-q', 'main');
    git('add', '-A');
    git('commit', '-q', '-m', 'drop');
    const found = (await finding('drop-column', 'ALTER TABLE orders DROP COLUMN legacy;', { paths: ['migrations/0002_next.sql'] })) as Finding;
    expect(found.severity).toBe('error');
    expect(found.message).not.toContain('main');
  });

  it('keeps the severity that the user gave its rule', async () => {
    const rules = { 'drop-column': 'warning' } as const;
    expect((await finding('drop-column', 'ALTER TABLE orders DROP COLUMN legacy;', { rules }))?.severity).toBe('warning');
    expect((await finding('drop-column', 'ALTER TABLE orders DROP COLUMN note;', { rules }))?.severity).toBe('warning');
  });

  it('is not looked up where nobody wants that, and in the working tree where they do', async () => {
    const sql = 'ALTER TABLE orders DROP COLUMN note;';
    expect((await finding('drop-column', sql, { deployed: 'none' }))?.uses).toBeUndefined();
    write('src/report.ts', '');
    const found = (await finding('drop-column', sql, { deployed: 'worktree' })) as Finding;
    expect(places(found)).toEqual(['certain model src/order.ts:5']);
    expect(found.message).toContain('the working tree uses it at src/order.ts:5.');
  });

  it('is told that a ref is not there', async () => {
    write('migrations/0002_next.sql', 'ALTER TABLE orders DROP COLUMN note;');
    const run = await runProject({ cwd: folder, config: false, deployed: 'origin/production' }, findingsOfFile);
    expect(run.notices.map((notice) => notice.text)).toEqual([expect.stringContaining('git knows no "origin/production"')]);
    expect(reportOf(run).findings.find(({ ruleId }) => ruleId === 'drop-column')?.severity).toBe('error');
  });

  it('is found again in what an earlier run remembered, and without it when that is broken', async () => {
    const sql = 'ALTER TABLE orders DROP COLUMN note;';
    const before = await finding('drop-column', sql);
    const cache = join(folder, 'node_modules/.cache/migration-guard/usage');
    expect(readdirSync(cache)).toHaveLength(1);
    expect(await finding('drop-column', sql)).toEqual(before);
    for (const broken of ['', '[]', '{"a":1}', '[["orders.note",null]]']) {
      for (const name of readdirSync(cache)) writeFileSync(join(cache, name), broken);
      expect(await finding('drop-column', sql)).toEqual(before);
    }
  });

  it('carries its places into every format that has room for them', async () => {
    write('migrations/0002_next.sql', 'ALTER TABLE orders DROP COLUMN note;');
    const report = await lintProject({ cwd: folder, config: false });
    const options = { sources: new Map<string, string>(), width: 80, failOn: null, maxAnnotations: 10, markdownLimit: 60_000 };
    expect(text(report, options)).toContain('used   src/order.ts:5 (model)\n       src/report.ts:1 (sql)\n');
    expect(github(report, options)).toContain('%0ADeployed code: src/order.ts:5, src/report.ts:1%0A');
    expect(markdown(report, options)).toContain('<br>Deployed code: src/order.ts:5, src/report.ts:1');
    const log = JSON.parse(sarif(report, options)) as { runs: { results: { ruleId: string; relatedLocations?: unknown[] }[] }[] };
    expect(log.runs[0]?.results.find(({ ruleId }) => ruleId === 'drop-column')?.relatedLocations).toHaveLength(2);
  });
});

describe('a column of a table without a model', () => {
  it('is left as it is where only words stand beside words', async () => {
    write('src/order.ts', ENTITY);
    write('src/send.ts', "export const send = (letters: Store) => letters.put({ body: 'x' });\n");
    deployed();
    const found = (await finding('drop-column', 'ALTER TABLE letters DROP COLUMN body;')) as Finding;
    expect(found.severity).toBe('error');
    expect(found.message).toBe('Dropping column "body" of "letters" loses its values for good.');
    expect(places(found)).toEqual(['perhaps word src/send.ts:1']);
  });

  it('is left as it is where a language that is not parsed has its word', async () => {
    write('src/order.ts', ENTITY);
    write('app/mailer.rb', 'class Mailer\n  def body\n    @body\n  end\nend\n');
    deployed();
    const found = (await finding('drop-column', 'ALTER TABLE letters DROP COLUMN body;')) as Finding;
    expect(found.severity).toBe('error');
    expect(found.message).not.toContain('main');
  });
});

describe('a repository of migrations alone', () => {
  it('proves nothing by its silence', async () => {
    write('src/index.ts', 'export const answer = 42;\n');
    deployed();
    const found = (await finding('drop-column', 'ALTER TABLE orders DROP COLUMN legacy;')) as Finding;
    expect(found.severity).toBe('error');
    expect(found.message).not.toContain('main');
  });
});

describe('migrations in a folder of any name', () => {
  it('are no code of the release, what stands beside them is', async () => {
    write('src/order.ts', ENTITY);
    write('changes/1.0-1700000000-letters.ts', "export const up = (db) => db.query('SELECT body FROM letters');\n");
    write('changes/reader.ts', "export const read = (db) => db.query('SELECT body FROM letters');\n");
    deployed();
    write('changes/1.0-1700000001-drop.sql', 'ALTER TABLE letters DROP COLUMN body;\n');
    const { findings: all } = await lintProject({ cwd: folder, config: false, paths: ['changes/1.0-1700000001-drop.sql'] });
    expect(places(all.find(({ ruleId }) => ruleId === 'drop-column') as Finding)).toEqual(['certain sql changes/reader.ts:1']);
  });
});

describe('what else a release can miss', () => {
  it('is a table', async () => {
    write('src/order.ts', ENTITY);
    deployed();
    const [used, unused] = (await findings('DROP TABLE orders;\nDROP TABLE letters;\n')).filter(({ ruleId }) => ruleId === 'drop-table');
    expect([used?.severity, unused?.severity]).toEqual(['error', 'info']);
    expect(unused?.message).toContain('; nothing in main names it.');
  });

  it('is the old name', async () => {
    write('src/order.ts', ENTITY);
    deployed();
    const sql = 'ALTER TABLE orders RENAME COLUMN total TO amount;\nALTER TABLE letters RENAME TO posts;\n';
    const all = await findings(sql);
    expect(all.find(({ ruleId }) => ruleId === 'rename-column')).toMatchObject({ severity: 'error', uses: [{ path: 'src/order.ts', line: 6 }] });
    expect(all.find(({ ruleId }) => ruleId === 'rename-table')?.severity).toBe('info');
  });

  it('is a column that it does not write', async () => {
    write('src/order.ts', ENTITY);
    write('src/insert.ts', 'export const add = (db) => db.query("INSERT INTO orders (id, note) VALUES ($1, $2)");\nexport const add2 = (db) => db.query("INSERT INTO orders (id, region) VALUES ($1, $2)");\n');
    deployed();
    const found = (await finding('add-not-null-column', 'ALTER TABLE orders ADD COLUMN region text NOT NULL;')) as Finding;
    expect(places(found)).toEqual(['certain insert src/insert.ts:1', 'likely model src/order.ts:3']);
    expect(found.message).toContain('; main writes rows without it at src/insert.ts:1 and 1 more place.');
  });

  it('is what functions and triggers of the database read', async () => {
    write('src/order.ts', ENTITY);
    write(
      'migrations/0001_orders.sql',
      `${BEGINNING}CREATE FUNCTION digest_of(o bigint) RETURNS text LANGUAGE sql AS $$ SELECT legacy FROM orders WHERE id = o $$;
CREATE FUNCTION keep() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.legacy := upper(NEW.legacy); RETURN NEW; END $$;
CREATE TRIGGER keep BEFORE UPDATE ON orders FOR EACH ROW EXECUTE FUNCTION keep();
`,
    );
    deployed();
    const found = (await finding('drop-column', 'ALTER TABLE orders DROP COLUMN legacy;')) as Finding;
    expect(found.severity).toBe('error');
    expect(found.message).toContain('; function "digest_of" and function "keep" use it.');
    expect(places(found)).toEqual(['certain function migrations/0001_orders.sql:3', 'certain function migrations/0001_orders.sql:4']);
  });
});
