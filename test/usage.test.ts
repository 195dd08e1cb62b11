import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CommittedCode } from '../src/usage/code.js';
import { usagesOf } from '../src/usage/search.js';
import { soughtKey, type Sought } from '../src/usage/sought.js';

/** One application that uses `orders.total_cents` in every way the search knows, and `orders.note` in none. */
const FILES: Record<string, string> = {
  'typeorm/order.ts': `import { Entity, Column } from 'typeorm';
import { Timestamps } from './timestamps';
@Entity('orders')
export class Order extends Timestamps {
  @Column({ name: 'total_cents' })
  total: number;
}
`,
  'typeorm/timestamps.ts': `export abstract class Timestamps {
  @CreateDateColumn({ name: 'created_on' })
  createdOn: Date;
}
`,
  'sequelize/order.js': `module.exports = (sequelize, DataTypes) =>
  sequelize.define('order', {
    totalCents: DataTypes.INTEGER,
  }, { underscored: true });
`,
  'mikro/order.ts': `@Entity({ tableName: 'orders' })
export class Order {
  @Property({ fieldName: 'total_cents' })
  total!: number;
}
`,
  'drizzle/schema.ts': `export const orders = pgTable('orders', {
  id: serial('id').primaryKey(),
  total: integer('total_cents').notNull(),
});
`,
  'objection/order.js': `class Order extends Model {
  static get tableName() {
    return 'orders';
  }
}
const expensive = () => Order.query().where('total_cents', '>', 100);
`,
  'prisma/schema.prisma': `model Order {
  id    Int @id
  total Int @map("total_cents")
  @@map("orders")
}
`,
  'sqlalchemy/models.py': `class Order(Base):
    __tablename__ = "orders"
    total: Mapped[int] = mapped_column("total_cents")
`,
  'sqlmodel/models.py': `class Orders(SQLModel, table=True):
    id: int
    total_cents: int
`,
  'django/orders/models.py': `class Order(models.Model):
    total = models.IntegerField(db_column="total_cents")

    class Meta:
        db_table = "orders"
`,
  'raw/report.ts': `const TABLE = 'orders';
export const report = (db) => db.query(\`
  SELECT o.total_cents
  FROM orders o JOIN customers c ON c.id = o.customer_id\`);
export const note = (db) => db.query('SELECT note FROM letters');
export const builder = (knex) => knex(TABLE).select('id').where({ total_cents: 1 });
export const other = (knex) => knex('orders as o').join('letters as l', 'l.id', 'o.letter_id').select('l.note');
`,
  'raw/report.py': `def report(connection, key):
    return connection.execute(
        "SELECT count(*) "
        "FROM orders WHERE total_cents > %(key)s", {"key": key})
`,
  'queries/expensive.sql': 'SELECT id FROM orders WHERE total_cents > 100;\n',
  'test/order.test.ts': "it('reads', () => db.query('SELECT total_cents, note FROM orders'));\n",
  'migrations/0001.sql': 'ALTER TABLE orders ADD COLUMN note text, ADD COLUMN total_cents int;\n',
};

let root = '';

beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'usage-'));
  for (const [path, text] of Object.entries(FILES)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  const git = (...args: string[]): void => void execFileSync('git', ['-C', root, '-c', 'user.name=a', '-c', 'user.email=a@b.c', ...args], { stdio: 'ignore' });
  git('init', '--initial-branch=main');
  git('add', '.');
  git('commit', '-m', 'all');
  // What is on the disk is not what is deployed.
  writeFileSync(join(root, 'raw/report.ts'), '');
});

afterAll(() => rmSync(root, { recursive: true, force: true }));

function found(sought: Sought): string[] {
  const places = usagesOf([sought], new CommittedCode(root, 'main')).get(soughtKey(sought))?.places ?? [];
  return places.map(({ path, line, kind, certainty }) => `${certainty} ${kind} ${path}:${line}`);
}

describe('deployed code that uses a column', () => {
  it('is found in models, SQL and builder calls, not in tests and migrations', () => {
    expect(found({ table: 'orders', column: 'total_cents' })).toEqual([
      'certain model django/orders/models.py:2',
      'certain model drizzle/schema.ts:3',
      'certain model mikro/order.ts:4',
      'certain model prisma/schema.prisma:3',
      'certain sql queries/expensive.sql:1',
      'certain sql raw/report.py:4',
      'certain sql raw/report.ts:3',
      'certain query raw/report.ts:6',
      'certain model sqlalchemy/models.py:3',
      'certain model sqlmodel/models.py:3',
      'certain model typeorm/order.ts:6',
      'likely query objection/order.js:6',
    ]);
  });

  it('is nothing where only another table has such a column', () => {
    expect(found({ table: 'orders', column: 'note' })).toEqual([]);
  });

  it('is in the class that the model extends', () => {
    expect(found({ table: 'orders', column: 'created_on' })).toEqual(['likely model typeorm/timestamps.ts:3']);
  });

  it('is what a naming strategy makes of a property', () => {
    rmSync(join(root, 'sequelize'), { recursive: true });
    expect(found({ table: 'order', column: 'total_cents' })).toContain('likely model sequelize/order.js:3');
  });
});

describe('deployed code that uses a table', () => {
  it('is found by its models and statements', () => {
    expect(found({ table: 'letters', column: null })).toEqual(['certain sql raw/report.ts:5', 'certain query raw/report.ts:7']);
  });
});
