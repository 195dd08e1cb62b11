import { driverOn, emptyDatabase, outsideOf, type Sent } from './driver.js';
import { loaded, type Recording } from './library.js';
import { installedTogether, unwrapped } from './together.js';

const VERSION = '6.6.15';
const PACKAGES = ['core', 'knex', 'migrations', 'postgresql'].map((name) => `@mikro-orm/${name}@${VERSION}`);
/** The tool's own table, what it sends on every connection, and its savepoint around each migration. */
const OWN = /mikro_orm_migrations|pg_database|^(?:release )?savepoint trx\d+|^set names|session_replication_role|information_schema|pg_namespace|select version\(\)/i;

interface Orm {
  getMigrator(): { up(): Promise<unknown>; down(): Promise<unknown> };
  close(force: boolean): Promise<void>;
}

/** Runs one migration with the real MikroORM, up and down. */
export async function recordMikroOrm(file: string): Promise<Recording> {
  const { load } = installedTogether(`mikro-orm-${VERSION}`, PACKAGES);
  const { exports, before } = loaded(file, load);
  const [made] = Object.values(exports).filter((value) => typeof value === 'function') as { new (): object; prototype: { down?: unknown } }[];
  const database = await emptyDatabase();
  if (before.trim() !== '') await database.exec(before);
  const sent: Sent[] = [];
  const pg = load('pg') as { Client: { prototype: { escapeLiteral: unknown } } };
  const { Client } = driverOn(database, sent) as typeof pg;
  Client.prototype.escapeLiteral = pg.Client.prototype.escapeLiteral;
  pg.Client = Client;
  const { MikroORM } = load('@mikro-orm/postgresql') as { MikroORM: { init(options: object): Promise<Orm> } };
  const { Migrator } = load('@mikro-orm/migrations') as { Migrator: unknown };
  const orm = await MikroORM.init({
    dbName: 'postgres', entities: [], discovery: { warnWhenNoEntities: false }, extensions: [Migrator], connect: false,
    migrations: { migrationsList: [{ name: 'Case', class: made }], snapshot: false, silent: true }, logger: () => undefined,
  });
  try {
    sent.length = 0;
    await orm.getMigrator().up();
    const own = outsideOf(sent);
    const up = unwrapped(sent.map(({ sql }) => sql), OWN);
    const apart = own.map((index) => sent[index]?.sql ?? '').filter((sql) => !OWN.test(sql));
    sent.length = 0;
    let down: string[] | null = null;
    try {
      await orm.getMigrator().down();
      down = unwrapped(sent.map(({ sql }) => sql), OWN).sql;
    } catch (error) {
      console.error(`  way back: ${error instanceof Error ? error.message : String(error)}`);
    }
    // What ran on a connection of its own stood in no transaction.
    return { library: `mikro-orm ${VERSION}`, transaction: apart.length === 0 && up.wrapped ? 'batch' : 'none', up: up.sql, down };
  } finally {
    await orm.close(true);
  }
}
