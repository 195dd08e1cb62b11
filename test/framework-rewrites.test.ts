import { describe, expect, it } from 'vitest';
import type { Finding, SafeStep } from '../src/finding.js';
import { inspect, lint } from '../src/lint.js';
import type { Source } from '../src/parsers/parser.js';
import type { Rule } from '../src/rule.js';
import { rules } from '../src/rules/index.js';
import { findingsIn, fixturesOf, type Fixture } from './rule-fixtures.js';

interface File {
  steps: SafeStep[];
  /** A statement outside a transaction stands alone in its file. */
  alone: boolean;
}

/** The advice as the migrations it speaks of: what says so itself begins a new one. */
function filesOf({ safe }: Finding): File[] {
  const files: File[] = [];
  for (const step of safe) {
    if (step.code === '' || !['python', 'typescript', 'javascript'].includes(step.language)) continue;
    const last = files.at(-1);
    const next = last === undefined || last.alone || step.transaction !== null || step.note !== '';
    if (next) files.push({ steps: [step], alone: step.transaction === 'none' });
    else last.steps.push(step);
  }
  return files;
}

function indented(text: string, by: string): string {
  return text.replaceAll(/^(?=.)/gm, by);
}

const WRITERS: Readonly<Record<string, (code: string, index: number, like: string) => Source>> = {
  alembic: (code, index) => ({
    path: `migrations/versions/step_${index}.py`,
    text: `from alembic import op
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

revision = "step${index}"
down_revision = ${index === 0 ? 'None' : `"step${index - 1}"`}


def upgrade() -> None:
${indented(code, '    ')}


def downgrade() -> None:
    pass
`,
  }),
  typeorm: (code, index, like) => ({
    path: `migrations/170000000000${index}-Step.ts`,
    text: `import { MigrationInterface, QueryRunner } from 'typeorm';

export class Step170000000000${index} implements MigrationInterface {
${indented(code.startsWith('transaction =') ? code : inMethod(code, like), '  ')}

  public async down(queryRunner: QueryRunner): Promise<void> {}
}
`,
  }),
  knex: (code, index, like) => ({
    path: `migrations/2024010100000${index}_step.js`,
    text: `${code.startsWith('exports.') ? code : `exports.up = async (knex) => {\n${indented(code, '  ')}\n};${/\nexports\.config = .*/.exec(like)?.[0] ?? ''}`}

exports.down = async () => {};
`,
  }),
  sequelize: (code, index) => ({
    path: `migrations/2024010100000${index}-step.js`,
    text: `module.exports = {
  async up(queryInterface, Sequelize) {
${indented(code, '    ')}
  },
  async down() {},
};
`,
  }),
};

/** A class that has left its transaction already stays out of it. */
function inMethod(code: string, like: string): string {
  const field = /^ *transaction = false.*$/m.exec(like)?.[0].trim() ?? '';
  return `${field}\npublic async up(queryRunner: QueryRunner): Promise<void> {\n${indented(code, '  ')}\n}`;
}

function frameworkOf({ file }: Fixture): string | undefined {
  return Object.keys(WRITERS).find((framework) => file.includes(`.${framework}.`));
}

function findingOn(fixture: Fixture, { meta }: Rule): Finding | undefined {
  return findingsIn(fixture, { [meta.id]: meta.severity }).find(({ ruleId }) => ruleId === meta.id);
}

for (const rule of rules) {
  const fixtures = fixturesOf(rule.meta.id).filter((fixture) => fixture.file.startsWith('bad') && frameworkOf(fixture) !== undefined);
  const advised = fixtures.flatMap((fixture) => {
    const finding = findingOn(fixture, rule);
    const files = finding === undefined ? [] : filesOf(finding);
    return files.length === 0 ? [] : [{ fixture, files }];
  });
  describe.skipIf(advised.length === 0)(rule.meta.id, () => {
    it.each(advised)('advice on $fixture.file makes migrations that are read and silent', ({ fixture, files }) => {
      const write = WRITERS[frameworkOf(fixture) ?? ''];
      if (write === undefined) throw new Error(`no writer for ${fixture.file}`);
      const history: Source[] = [];
      for (const [index, { steps }] of files.entries()) {
        const source = write(steps.map(({ code }) => code).join('\n'), index, fixture.text);
        const options = { ...fixture.options, path: source.path, history: [...history] };
        const operations = inspect(source.text, options);
        expect(operations.length, source.text).toBeGreaterThan(0);
        expect(operations.filter(({ kind }) => kind === 'unread'), source.text).toEqual([]);
        const left = lint(source.text, options).filter(({ suppressed }) => suppressed === null);
        expect(left.map(({ ruleId, message }) => `${ruleId}: ${message}`), source.text).toEqual([]);
        history.push(source);
      }
    });
  });
}
