import { driverOn, emptyDatabase, outsideOf, type Sent } from './driver.js';
import { installed, loaded, type Recording, VERSIONS } from './library.js';

interface Sequelize {
  getQueryInterface(): object;
  close(): Promise<void>;
}

/** Set-up of a connection, and questions Sequelize puts to the catalogue. */
const OWN = /^\s*(?:SET (?:client_min_messages|standard_conforming_strings)|SHOW SERVER_VERSION|WITH ranges AS)|^\s*SELECT\b[\s\S]*(?:pg_(?:class|type|constraint|index|namespace|range|enum|catalog)|information_schema)/i;

type Step = (argument: unknown, library: unknown) => unknown;

/** Runs one migration as sequelize-cli does, or as umzug does when its `up` takes a context. */
export async function recordSequelize(file: string): Promise<Recording> {
  const load = installed('sequelize');
  const { exports, before } = loaded(file, load);
  const migration = (exports['default'] ?? exports) as { up: Step; down?: Step };
  const database = await emptyDatabase();
  if (before.trim() !== '') await database.exec(before);
  const sent: Sent[] = [];
  const library = load('sequelize') as { Sequelize: new (options: object) => Sequelize };
  const sequelize = new library.Sequelize({ dialect: 'postgres', dialectModule: driverOn(database, sent), databaseVersion: '16.0.0', logging: false, pool: { min: 2, max: 4 } });
  const queryInterface = sequelize.getQueryInterface();
  const run = async (step: Step): Promise<Sent[]> => {
    sent.length = 0;
    if (/^\w*\s*\(?\s*\{\s*context/.test(String(step).replace(/^async\s*/, ''))) await step({ context: queryInterface, name: '1_case' }, undefined);
    else await step(queryInterface, library.Sequelize);
    return sent.filter(({ sql }) => !OWN.test(sql));
  };
  try {
    const up = await run(migration.up);
    const outside = outsideOf(up);
    let down: string[] | null = null;
    if (migration.down !== undefined) {
      try {
        down = (await run(migration.down)).map(({ sql }) => sql);
      } catch (error) {
        console.error(`  way back: ${error instanceof Error ? error.message : String(error)}`);
      }
    }
    return { library: `sequelize ${VERSIONS['sequelize']}`, transaction: 'none', up: up.map(({ sql }) => sql), down, ...(outside.length > 0 && { outside }) };
  } finally {
    await sequelize.close();
  }
}
