import type { SafeStep } from '../../../finding.js';
import type { Migration } from '../../../operations/migration.js';
import type { RewriteStep } from '../../../rule.js';
import { indented, template, worded, type Wording } from '../rewrite.js';

/** Knex reads `?` in raw SQL as a binding unless a backslash stands in front of it. */
function raw(sql: string): string {
  return `await knex.raw(${template(sql.replaceAll('?', '\\?'))});`;
}

const WORDING: Wording = {
  line: raw,
  apart: (lines, language) => ({
    note: 'Knex then runs each migration of the batch in a transaction of its own, and this one in none.',
    code:
      language === 'typescript'
        ? ['export const config = { transaction: false };', '', 'export async function up(knex: Knex): Promise<void> {', ...indented(lines), '}']
        : ['exports.config = { transaction: false };', '', 'exports.up = async function (knex) {', ...indented(lines), '};'],
  }),
};

/** A step as a Knex migration says it. Outside a transaction means the export `config = { transaction: false }`. */
export function write(step: RewriteStep, migration: Migration): SafeStep {
  return worded(step, migration, WORDING);
}
