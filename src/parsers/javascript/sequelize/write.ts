import type { SafeStep } from '../../../finding.js';
import type { Migration } from '../../../operations/migration.js';
import type { RewriteStep } from '../../../rule.js';
import { template, worded, type Wording } from '../rewrite.js';

const WORDING: Wording = {
  line: (sql) => `await queryInterface.sequelize.query(${template(sql)});`,
  apart: (lines) => ({ code: lines, note: 'Pass no transaction to these calls: Sequelize opens none by itself.' }),
};

/** A step as a Sequelize migration says it: it runs outside of a transaction as it stands. */
export function write(step: RewriteStep, migration: Migration): SafeStep {
  return worded(step, migration, WORDING);
}
