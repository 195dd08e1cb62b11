import type { Framework } from '../operations/migration.js';
import { template } from '../parsers/javascript/rewrite.js';
import { escapeColons } from '../parsers/python/alembic/write-calls.js';
import { pythonString } from '../parsers/python/alembic/write-python.js';
import type { Statement } from './plan.js';

/** What one file says in either direction. */
export interface Written {
  up: readonly Statement[];
  down: readonly Statement[];
  /** It must not run in a transaction. */
  alone: boolean;
}

/** What a file is called by in its own text. */
export interface Names {
  /** The number of its name; the revision for Alembic. */
  number: string;
  /** The class; what `down_revision` is for Alembic. */
  className: string;
  typed: boolean;
  esm: boolean;
  title?: string;
}

type Body = (written: Written, names: Names) => string;

const WITHOUT_WAY_BACK = 'Nothing to take back.';

interface Syntax {
  comment: string;
  indent: string;
  call: (sql: string) => string;
}

function lines(statements: readonly Statement[], { comment, indent, call }: Syntax): string {
  if (statements.length === 0) return `${indent}${comment} ${WITHOUT_WAY_BACK}`;
  return statements
    .map(({ sql, reviewed }) => {
      const above = reviewed === undefined ? '' : `${indent}${comment} migration-guard-disable-next-line ${reviewed.rule} -- ${reviewed.reason}\n`;
      return `${above}${indent}${call(sql)}`;
    })
    .join('\n');
}

const javascript = (indent: string, call: (sql: string) => string): Syntax => ({ comment: '//', indent, call });

function sqlLines(statements: readonly Statement[]): string {
  return statements.length === 0 ? `-- ${WITHOUT_WAY_BACK}` : lines(statements, { comment: '--', indent: '', call: (sql) => `${sql};` });
}

const typeorm: Body = ({ up, down, alone }, { className, typed, esm }) => {
  const syntax = javascript('    ', (sql) => `await queryRunner.query(${template(sql)});`);
  const [open, close] = typed
    ? [`import { MigrationInterface, QueryRunner } from 'typeorm';\n\nexport class ${className} implements MigrationInterface {`, '}']
    : [`${esm ? 'export' : 'module.exports ='} class ${className} {`, '}'];
  const runner = typed ? 'queryRunner: QueryRunner): Promise<void>' : 'queryRunner)';
  const way = typed ? 'public async' : 'async';
  return `${open}
  name = '${className}';
${alone ? '  transaction = false;\n' : ''}
  ${way} up(${runner} {
${lines(up, syntax)}
  }

  ${way} down(${runner} {
${lines(down, syntax)}
  }
${close}
`;
};

const knex: Body = ({ up, down, alone }, { typed, esm }) => {
  const syntax = javascript('  ', (sql) => `await knex.raw(${template(sql.replaceAll('?', '\\?'))});`);
  const head = typed ? "import type { Knex } from 'knex';\n\n" : '';
  if (typed || esm) {
    const argument = typed ? 'knex: Knex): Promise<void>' : 'knex)';
    return `${head}${alone ? 'export const config = { transaction: false };\n\n' : ''}export async function up(${argument} {\n${lines(up, syntax)}\n}\n\nexport async function down(${argument} {\n${lines(down, syntax)}\n}\n`;
  }
  return `${alone ? 'exports.config = { transaction: false };\n\n' : ''}exports.up = async function (knex) {\n${lines(up, syntax)}\n};\n\nexports.down = async function (knex) {\n${lines(down, syntax)}\n};\n`;
};

/** Sequelize opens no transaction; what belongs together is one string. */
const sequelize: Body = ({ up, down }, { esm }) => {
  const syntax = javascript('    ', (sql) => `await queryInterface.sequelize.query(${template(sql)});`);
  return `${esm ? 'export default' : "'use strict';\n\nmodule.exports ="} {
  async up(queryInterface) {
${lines(oneString(up), syntax)}
  },

  async down(queryInterface) {
${lines(oneString(down), syntax)}
  },
};
`;
};

/** A pool may hand each call another connection: BEGIN and COMMIT have to share one with what stands between. */
function oneString(statements: readonly Statement[]): Statement[] {
  const [first] = statements;
  if (first?.sql !== 'BEGIN') return [...statements];
  const reviewed = statements.flatMap((one) => one.reviewed ?? []);
  return [{ sql: statements.map(({ sql }) => `${sql};`).join('\n'), ...(reviewed[0] === undefined ? {} : { reviewed: reviewed[0] }) }];
}

const mikroOrm: Body = ({ up, down, alone }, { className, typed }) => {
  const syntax = javascript('    ', (sql) => `this.addSql(${template(sql)});`);
  const type = typed ? ': Promise<void>' : '';
  const override = typed ? 'override ' : '';
  const open = typed
    ? `import { Migration } from '@mikro-orm/migrations';\n\nexport class ${className}`
    : `const { Migration } = require('@mikro-orm/migrations');\n\nexports.${className} = class ${className}`;
  return `${open} extends Migration {
${alone ? `  ${override}isTransactional()${typed ? ': boolean' : ''} {\n    return false;\n  }\n\n` : ''}  ${override}async up()${type} {
${lines(up, syntax)}
  }

  ${override}async down()${type} {
${lines(down, syntax)}
  }
}
`;
};

const nodePgMigrate: Body = ({ up, down, alone }, { typed, esm }) => {
  // Braces are placeholders to it where values are given; none are.
  const syntax = javascript('  ', (sql) => `pgm.sql(${template(sql)});`);
  const opened = alone ? '  pgm.noTransaction();\n' : '';
  const head = typed ? "import type { MigrationBuilder } from 'node-pg-migrate';\n\n" : '';
  if (typed || esm) {
    const argument = typed ? 'pgm: MigrationBuilder): Promise<void>' : 'pgm)';
    const way = typed ? 'async function' : 'function';
    return `${head}export ${way} up(${argument} {\n${opened}${lines(up, syntax)}\n}\n\nexport ${way} down(${argument} {\n${opened}${lines(down, syntax)}\n}\n`;
  }
  return `exports.up = (pgm) => {\n${opened}${lines(up, syntax)}\n};\n\nexports.down = (pgm) => {\n${opened}${lines(down, syntax)}\n};\n`;
};

const alembic: Body = ({ up, down, alone }, { number, className, title = '' }) => {
  const indent = alone ? '        ' : '    ';
  const syntax: Syntax = { comment: '#', indent, call: (sql) => `op.execute(${pythonString(escapeColons(sql))})` };
  const block = (statements: readonly Statement[]): string => {
    if (statements.length === 0) return '    pass';
    return alone ? `    with op.get_context().autocommit_block():\n${lines(statements, syntax)}` : lines(statements, syntax);
  };
  return `"""${title}"""

from alembic import op

revision = "${number}"
down_revision = ${className}
branch_labels = None
depends_on = None


def upgrade() -> None:
${block(up)}


def downgrade() -> None:
${block(down)}
`;
};

const plain: Body = ({ up }) => `${sqlLines(up)}\n`;

const dbmate: Body = ({ up, down, alone }) => {
  const option = alone ? ' transaction:false' : '';
  return `-- migrate:up${option}\n${sqlLines(up)}\n\n-- migrate:down${option}\n${sqlLines(down)}\n`;
};

const goose: Body = ({ up, down, alone }) => {
  const blocks = (statements: readonly Statement[]): string => statements.map((one) => `-- +goose StatementBegin\n${sqlLines([one])}\n-- +goose StatementEnd`).join('\n');
  return `${alone ? '-- +goose NO TRANSACTION\n' : ''}-- +goose Up\n${blocks(up)}\n\n-- +goose Down\n${down.length === 0 ? `-- ${WITHOUT_WAY_BACK}` : blocks(down)}\n`;
};

const sqlx: Body = ({ up, alone }) => `${alone ? '-- no-transaction\n' : ''}${sqlLines(up)}\n`;

/** By framework; what is missing writes no files yet. */
export const BODIES: Readonly<Partial<Record<Framework, Body>>> = {
  sql: plain,
  prisma: plain,
  flyway: plain,
  supabase: plain,
  'golang-migrate': plain,
  dbmate,
  goose,
  sqlx,
  typeorm,
  knex,
  sequelize,
  'mikro-orm': mikroOrm,
  'node-pg-migrate': nodePgMigrate,
  alembic,
};
