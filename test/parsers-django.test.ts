import { describe, expect, it } from 'vitest';
import type { Migration } from '../src/operations/migration.js';
import type { Operation } from '../src/operations/types.js';
import { print } from '../src/operations/print.js';
import type { Host } from '../src/parsers/parser.js';
import { pythonChunk } from '../src/parsers/python/index.js';

const { parser } = pythonChunk;

function source(operations: string, rest = ''): string {
  return `from django.db import migrations, models\n\n${rest}\n\nclass Migration(migrations.Migration):\n    dependencies = [("shop", "0001_initial")]\n    operations = [\n        ${operations}\n    ]\n`;
}

function read(text: string, host: Host = {}): Migration {
  return parser.parse({ path: 'shop/migrations/0002_next.py', text }, { host }) as Migration;
}

function sql(operations: readonly Operation[] | null): string[] {
  return (operations ?? []).map((operation) => (operation.kind === 'unread' ? `unread: ${operation.reason}` : print(operation)));
}

/** A project of these files, by path. */
function project(files: Record<string, string>): Host {
  return {
    sibling(from, relative) {
      const path = new URL(relative, `file:///${from}`).pathname.slice(1);
      const text = files[path];
      return text === undefined ? null : { path, text };
    },
  };
}

const INITIAL = `from django.db import migrations, models
class Migration(migrations.Migration):
    operations = [migrations.CreateModel("Order", [("id", models.BigAutoField(primary_key=True)), ("name", models.CharField(max_length=9, null=True))], {"db_table": "orders"})]
`;

describe('recognition', () => {
  it('wants the class and the import', () => {
    expect(parser.recognise({ path: 'shop/migrations/0002_next.py', text: source('') })).toBe('django');
    expect(parser.recognise({ path: 'a.py', text: 'class Migration(migrations.Migration):\n    pass\n' })).toBeNull();
    expect(parser.recognise({ path: 'shop/migrations/__init__.py', text: '' })).toBeNull();
  });

  it('reads the attributes of the class', () => {
    const migration = read(source('').replace('    operations', '    atomic = False\n    operations'));
    expect(migration).toMatchObject({
      framework: 'django',
      revision: 'shop.0002_next',
      parents: ['shop.0001_initial'],
      transaction: 'none',
      transactionSetBy: 'atomic = False',
    });
    expect(read(source(''))).toMatchObject({ transaction: 'file', transactionSetBy: null });
  });
});

describe('earlier migrations', () => {
  const alter = source('migrations.AlterField("order", "name", models.CharField(max_length=5, null=True)),');

  it('give the table, and what the field was', () => {
    const migration = read(alter, project({ 'shop/migrations/0001_initial.py': INITIAL }));
    expect(sql(migration.up)).toEqual(['ALTER TABLE orders ALTER COLUMN name TYPE character varying(5)']);
    expect(migration.up[0]).toMatchObject({ from: { name: 'character varying', length: 9 } });
    expect(sql(migration.down)).toEqual(['ALTER TABLE orders ALTER COLUMN name TYPE character varying(9)']);
  });

  it('are guessed at where they are missing', () => {
    const [type] = read(alter).up;
    expect(type).toMatchObject({ kind: 'alterColumnType', table: { name: 'shop_order' }, partial: true, conditional: true });
  });

  it('lend no place: what stands in another file is reported at the operation', () => {
    const text = source('migrations.RemoveField("order", "name"),');
    const migration = read(text, project({ 'shop/migrations/0001_initial.py': INITIAL }));
    expect(sql(migration.down)).toEqual(['ALTER TABLE orders ADD COLUMN name character varying(9) NULL']);
    const { start, end } = migration.down?.[0]?.span ?? { start: 0, end: 0 };
    expect(text.slice(start, end)).toBe('migrations.RemoveField("order", "name")');
  });

  it('may depend on each other in a circle without harm', () => {
    const files = {
      'shop/migrations/0001_initial.py': INITIAL.replace('    operations', '    dependencies = [("users", "0001_initial")]\n    operations'),
      'users/migrations/0001_initial.py': INITIAL.replace('    operations', '    dependencies = [("shop", "0001_initial")]\n    operations'),
    };
    expect(read(alter, project(files)).up).toHaveLength(1);
  });

  it('name the app and the user model of the project', () => {
    const files = {
      'shop/apps.py': 'class ShopConfig(AppConfig):\n    name = "shop"\n    label = "store"\n',
      'manage.py': 'os.environ.setdefault("DJANGO_SETTINGS_MODULE", "site.settings")',
      'site/settings.py': 'AUTH_USER_MODEL = "people.Person"\n',
    };
    const text = source('migrations.AddField("order", "user", models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, null=True)),', 'from django.conf import settings');
    const [add] = read(text, project(files)).up;
    expect(add).toMatchObject({ kind: 'addColumn', table: { name: 'store_order' }, partial: true });
    expect(add === undefined ? '' : print(add)).toContain('REFERENCES people_person (id)');
  });
});

describe('what cannot be read', () => {
  it('is said, and hides nothing else', () => {
    const up = read(source('Custom(),\n        *more(),\n        migrations.RunSQL(text()),\n        migrations.RunSQL("DROP TABLE a"),', 'from shop.operations import Custom')).up;
    expect(sql(up)).toEqual([
      'unread: operations known only at run time',
      'unread: Custom is not an operation of Django',
      'unread: SQL known only at run time',
      'DROP TABLE a',
    ]);
  });

  const models = (body: string): Operation[] => {
    const lines = body.split('\n').map((line) => `    ${line}`).join('\n');
    const create = 'migrations.CreateModel(name="Order", fields=[("id", models.BigAutoField(primary_key=True)), ("a", models.IntegerField()), ("b", models.TextField(db_column="bee"))]),\n        migrations.RunPython(fill),';
    return read(source(create, `def fill(apps, editor):\n    Order = apps.get_model("shop", "Order")\n${lines}\n`)).up.filter(({ kind }) => kind !== 'createTable');
  };

  it.each([
    ['Order.objects.update(a=1)', [{ kind: 'update', table: { name: 'shop_order' }, set: [{ column: 'a', value: '1' }] }]],
    ['Order.objects.using("x").filter(a__gte=3, b=None).update(a=1)', [{ kind: 'update', where: 'a >= 3 AND bee IS NULL' }]],
    ['Order.objects.exclude(a__in=[1, 2]).delete()', [{ kind: 'delete', where: 'NOT (a IN (1, 2))' }]],
    ['Order.objects.filter(b__startswith="x").delete()', [{ kind: 'delete', where: '__condition__', partial: true }]],
    ['Order.objects.all()[:10].update(a=1)', [{ kind: 'update', where: '__condition__', partial: true }]],
    ['Order.objects.bulk_create([Order(a=1), Order(a=2)])', [{ kind: 'insert', rows: 2 }]],
    ['Order.objects.bulk_update(rows, ["b"])', [{ kind: 'update', set: [{ column: 'bee' }], where: 'id IN ($1)' }]],
    ['Order(a=1).save()', [{ kind: 'insert', rows: 1 }]],
    ['for row in Order.objects.filter(a=1).iterator():\n    row.b = "x"\n    row.save()', [{ kind: 'select', text: 'SELECT * FROM shop_order WHERE a = 1' }, { kind: 'update', set: [{ column: 'bee' }], where: 'id = $1', conditional: true }]],
    ['for row in list(Order.objects.all()):\n    row.save(update_fields=["a"])', [{ kind: 'select' }, { kind: 'update', set: [{ column: 'a' }] }]],
    ['row = Order.objects.get(pk=1)\nrow.delete()', [{ kind: 'select' }, { kind: 'delete', where: 'id = $1' }]],
    ['Order.objects.filter(a=1).order_by("a")', []],
    ['print(Order)', []],
  ])('sends what models send: %s', (body, expected) => {
    const operations = models(body);
    expect(operations).toMatchObject(expected);
    expect(operations).toHaveLength(expected.length);
  });

  it('names models of the application', () => {
    const migration = read(source('migrations.RunPython(fill),', 'from blog.models import Post\n\ndef fill(apps, editor):\n    Post.objects.filter(id=1).delete()\n'));
    expect(migration.up).toMatchObject([{ kind: 'delete', partial: true }]);
    expect(migration.notices).toEqual([expect.stringContaining('blog.models.Post')]);
  });

  it('says which function given models could not be read', () => {
    const text = source('migrations.RunPython(fill),', 'from elsewhere import backfill\n\ndef fill(apps, editor):\n    backfill(apps.get_model("shop", "Order"))\n');
    expect(read(text).up).toMatchObject([{ kind: 'unread', cause: 'unknown-call', reason: 'backfill is given models and could not be read' }]);
  });

  it('costs one statement where Python is broken', () => {
    const migration = read(`${source('migrations.RunSQL("DROP TABLE a"),')}\n\ndef broken(:\n    pass\n`);
    expect(migration.up.map(({ kind }) => kind)).toContain('dropTable');
  });
});

describe('safe rewrites', () => {
  const operations = [{ kind: 'createIndex' as const, index: 'ix', table: { name: 't' }, keys: [{ column: 'a' }], concurrently: true as const }];

  it('are operations of a migration', () => {
    const step = parser.write({ operations, transaction: 'none' }, read(source('')));
    expect(step).toMatchObject({ language: 'python', transaction: 'none' });
    expect(step.code).toBe('atomic = False\noperations = [\n    migrations.RunSQL("CREATE INDEX CONCURRENTLY ix ON t (a)"),\n]');
  });
});
