import { Choices } from './choices.js';

export interface RandomColumn {
  name: string;
  type: string;
}

export interface RandomTable {
  name: string;
  columns: RandomColumn[];
  kind: 'table' | 'partitioned' | 'view' | 'matview';
}

/** What a random schema holds, by name, whether the server took it or not. */
export interface RandomSchema {
  /** One statement each; those the server refuses are left out. */
  setup: string[];
  tables: RandomTable[];
  constraints: { table: string; name: string }[];
  indexes: { table: string; name: string }[];
}

const PRELUDE = [
  "CREATE TYPE mood AS ENUM ('sad', 'ok')",
  'CREATE DOMAIN plain AS text',
  'CREATE DOMAIN positive AS int CHECK (VALUE > 0)',
  'CREATE SEQUENCE free',
  "CREATE FUNCTION vol() RETURNS int LANGUAGE plpgsql VOLATILE AS 'BEGIN RETURN 1; END'",
  "CREATE FUNCTION imm(int) RETURNS int LANGUAGE plpgsql IMMUTABLE AS 'BEGIN RETURN $1; END'",
  "CREATE FUNCTION trg() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'",
];

export const TYPES = [
  'int', 'bigint', 'smallint', 'text', 'varchar(10)', 'varchar(20)', 'varchar', 'char(5)', 'numeric(10,2)', 'numeric(12,2)', 'numeric', 'timestamp', 'date',
  'boolean', 'uuid', 'jsonb', 'mood', 'plain', 'positive', 'int[]', 'text[]', 'varchar(10)[]', 'float8', 'interval', 'json',
] as const;

const VALUES: Readonly<Record<string, readonly [string, string]>> = {
  boolean: ['true', 'false'],
  uuid: ["'00000000-0000-0000-0000-000000000001'", "'00000000-0000-0000-0000-000000000002'"],
  jsonb: ["'{}'", "'[]'"],
  json: ["'{}'", "'[]'"],
  mood: ["'sad'", "'ok'"],
  timestamp: ["'2024-01-01'", "'2024-01-02'"],
  date: ["'2024-01-01'", "'2024-01-02'"],
  interval: ["'1 day'", "'2 days'"],
};

function valueOf(type: string, row: 0 | 1): string {
  if (type.endsWith(']')) return `'{${row + 1}}'`;
  return VALUES[type]?.[row] ?? (/^(?:text|plain|varchar|char)/.test(type) ? `'${row + 1}'` : String(row + 1));
}

export const COLUMN_NAMES = ['a', 'b', 'c', 'd', 'e'] as const;

function columnsOf(choices: Choices): { columns: RandomColumn[]; written: string[] } {
  const columns: RandomColumn[] = [{ name: 'id', type: 'int' }];
  const written = ['id int NOT NULL'];
  const count = 1 + choices.below(COLUMN_NAMES.length);
  for (const name of COLUMN_NAMES.slice(0, count)) {
    const type = choices.of(TYPES);
    columns.push({ name, type });
    const parts: string[] = [name, type];
    if (choices.often(20)) parts.push(`DEFAULT ${valueOf(type, 0)}`);
    if (choices.often(25)) parts.push('NOT NULL');
    if (choices.often(10)) parts.push('UNIQUE');
    written.push(parts.join(' '));
  }
  if (choices.often(12)) {
    columns.push({ name: 'g', type: 'int' });
    written.push('g int GENERATED ALWAYS AS (id * 2) STORED');
  }
  if (choices.often(12)) {
    columns.push({ name: 's', type: 'bigint' });
    written.push(choices.often(50) ? 's bigserial' : 's bigint GENERATED ALWAYS AS IDENTITY');
  }
  return { columns, written };
}

function rows({ name, columns }: RandomTable): string {
  const given = columns.filter((column) => column.name !== 'g' && column.name !== 's');
  const row = (which: 0 | 1): string => `(${given.map(({ type }) => valueOf(type, which)).join(', ')})`;
  return `INSERT INTO ${name} (${given.map((column) => column.name).join(', ')}) VALUES ${row(0)}, ${row(1)}`;
}

function partitionsOf(name: string, choices: Choices): string[] {
  const setup = [`CREATE TABLE ${name}_1 PARTITION OF ${name} FOR VALUES FROM (1) TO (10)${choices.often(30) ? ' PARTITION BY RANGE (id)' : ''}`];
  if (setup[0]?.includes('BY RANGE')) setup.push(`CREATE TABLE ${name}_11 PARTITION OF ${name}_1 FOR VALUES FROM (1) TO (2)`, `CREATE TABLE ${name}_12 PARTITION OF ${name}_1 FOR VALUES FROM (2) TO (10)`);
  if (choices.often(50)) setup.push(`CREATE TABLE ${name}_2 PARTITION OF ${name} FOR VALUES FROM (10) TO (20)`);
  if (choices.often(30)) setup.push(`CREATE TABLE ${name}_d PARTITION OF ${name} DEFAULT`);
  return setup;
}

function constraintsOf(table: RandomTable, index: number, schema: RandomSchema, choices: Choices): void {
  const { name, columns } = table;
  const add = (constraint: string, definition: string): void => {
    schema.constraints.push({ table: name, name: constraint });
    schema.setup.push(`ALTER TABLE ${name} ADD CONSTRAINT ${constraint} ${definition}`);
  };
  if (choices.often(70)) add(`${name}_pk`, 'PRIMARY KEY (id)');
  const column = choices.of(columns);
  if (choices.often(30)) add(`${name}_uq`, `UNIQUE (id, ${column.name === 'id' ? 'id' : column.name})`);
  if (choices.often(30)) add(`${name}_ck`, `CHECK (id > 0)${choices.often(40) ? ' NOT VALID' : ''}`);
  if (choices.often(20)) add(`${name}_nn`, `CHECK (${column.name} IS NOT NULL)${choices.often(40) ? ' NOT VALID' : ''}`);
  if (choices.often(45) && index > 0) {
    const other = choices.of(schema.tables.slice(0, index));
    const own = choices.often(70) ? 'id' : choices.of(columns).name;
    add(`${name}_fk`, `FOREIGN KEY (${own}) REFERENCES ${other.name} (id)${choices.of(['', ' ON DELETE CASCADE', ' ON DELETE SET NULL'])}${choices.often(30) ? ' NOT VALID' : ''}`);
  }
}

function indexesOf({ name, columns }: RandomTable, schema: RandomSchema, choices: Choices): void {
  const count = choices.below(3);
  for (let number = 0; number < count; number++) {
    const index = `${name}_i${number}`;
    const keys = choices.some(columns, 2).map((column) => (choices.often(15) ? `(imm(id))` : column.name));
    const tail = choices.of(['', '', '', ' WHERE id > 0', ` INCLUDE (id)`]);
    schema.indexes.push({ table: name, name: index });
    schema.setup.push(`CREATE ${choices.often(25) ? 'UNIQUE ' : ''}INDEX ${index} ON ${name} (${[...new Set(keys)].join(', ')})${tail}`);
  }
}

function addTable(index: number, schema: RandomSchema, choices: Choices): void {
  const { columns, written } = columnsOf(choices);
  const name = `t${index}`;
  const form = choices.below(10);
  const parent = schema.tables.find((table) => table.kind === 'table');
  const table: RandomTable = { name, columns, kind: form === 7 || form === 8 ? 'partitioned' : 'table' };
  const inherits = form === 9 && parent !== undefined;
  const persistence = form === 6 ? 'UNLOGGED ' : '';
  schema.setup.push(
    `CREATE ${persistence}TABLE ${name} (${written.join(', ')})${table.kind === 'partitioned' ? ' PARTITION BY RANGE (id)' : ''}${inherits ? ` INHERITS (${parent.name})` : ''}`,
  );
  schema.tables.push(table);
  if (table.kind === 'partitioned') addPartitions(table, schema, choices);
  constraintsOf(table, index, schema, choices);
  indexesOf(table, schema, choices);
  schema.setup.push(rows(table));
  if (table.kind === 'partitioned') schema.setup.push(`INSERT INTO ${name} (id) VALUES (900)`);
}

function addPartitions({ name, columns }: RandomTable, schema: RandomSchema, choices: Choices): void {
  const partitions = partitionsOf(name, choices);
  schema.setup.push(...partitions);
  for (const partition of partitions) {
    const own = /TABLE (\w+)/.exec(partition)?.[1] ?? name;
    schema.tables.push({ name: own, columns, kind: partition.includes('BY RANGE') ? 'partitioned' : 'table' });
  }
}

function addExtras(schema: RandomSchema, choices: Choices): void {
  const stored = [...schema.tables];
  if (choices.often(60)) addView('v0', choices.of(stored), 'view', schema, choices);
  if (choices.often(40)) addView('m0', choices.of(schema.tables), 'matview', schema, choices);
  if (choices.often(40)) addView('v1', choices.of(schema.tables), 'view', schema, choices);
  if (choices.often(30)) {
    const table = choices.of(stored);
    schema.setup.push(`CREATE TRIGGER tr BEFORE UPDATE${choices.often(50) ? ` OF ${choices.of(table.columns).name}` : ''} ON ${table.name} FOR EACH ROW EXECUTE FUNCTION trg()`);
  }
  if (choices.often(20)) {
    const table = choices.of(stored);
    schema.setup.push(`CREATE POLICY pol ON ${table.name} USING (${choices.of(table.columns).name} IS NOT NULL)`);
  }
  if (choices.often(15)) schema.setup.push(`CREATE PUBLICATION pub FOR TABLE ${choices.of(stored).name}`);
}

function addView(name: string, over: RandomTable, kind: 'view' | 'matview', schema: RandomSchema, choices: Choices): void {
  const columns = choices.often(30) ? over.columns : choices.some(over.columns, 3);
  const list = columns === over.columns && choices.often(50) ? '*' : columns.map((column) => column.name).join(', ');
  schema.setup.push(`CREATE ${kind === 'view' ? 'VIEW' : 'MATERIALIZED VIEW'} ${name} AS SELECT ${list} FROM ${over.name}`);
  schema.tables.push({ name, columns, kind });
}

/** A schema of as many tables as there are runs of numbers, the last run for what lies over them. */
export function randomSchema(runs: readonly (readonly number[])[], extras: readonly number[]): RandomSchema {
  const schema: RandomSchema = { setup: [...PRELUDE], tables: [], constraints: [], indexes: [] };
  runs.forEach((numbers, index) => addTable(index, schema, new Choices(numbers)));
  addExtras(schema, new Choices(extras));
  return schema;
}
