import { DEPLOYS, FRAMEWORKS, PRESETS, RULE_SETTINGS, SEVERITIES, TABLE_FACTS, TRANSACTIONS, type Config } from '../config.js';
import { VERSIONS } from '../postgres/effects.js';
import { SETTING_NAMES } from './facts.js';

const STRING = { type: 'string' } as const;
const STRINGS = { anyOf: [STRING, { type: 'array', items: STRING }] } as const;

function keys(names: readonly string[], value: object): object {
  return { type: 'object', properties: Object.fromEntries(names.map((name) => [name, value])), additionalProperties: false };
}

/** JSON schema of a configuration file; `ruleIds` are all the rules there are. */
export function configSchema(ruleIds: readonly string[]): object {
  const rules = { description: 'Severity of each rule.', ...keys(ruleIds, { enum: RULE_SETTINGS }) };
  const properties: { [K in keyof Config]-?: object } = {
    extends: { description: 'Configurations to begin with: paths from this file, or names of packages.', ...STRINGS },
    postgres: { description: 'Major version of the server.', enum: VERSIONS },
    preset: { description: 'Which rules are on.', enum: PRESETS },
    rules,
    overrides: {
      description: 'Rules for some files only; the last that matches wins.',
      type: 'array',
      items: { type: 'object', properties: { files: STRINGS, rules }, required: ['files', 'rules'], additionalProperties: false },
    },
    paths: { description: 'Where the migrations are.', ...STRINGS },
    ignore: { description: 'Globs of files to leave alone.', ...STRINGS },
    deploy: { description: 'Whether changed migrations are deployed as one release.', enum: DEPLOYS },
    deployed: { description: 'The revision that runs, searched for what a migration drops: a ref, "worktree" or "none"; the default branch when absent.', ...STRING },
    framework: { description: 'The tool that runs the files.', enum: FRAMEWORKS },
    transaction: { description: "What a transaction spans, instead of the tool's own way.", enum: TRANSACTIONS },
    schema: { description: 'A file of DDL that describes the database before the first migration.', ...STRING },
    tables: { description: 'What is known of tables.', type: 'object', additionalProperties: { enum: TABLE_FACTS } },
    settings: { description: 'Settings in force before a migration begins.', ...keys(SETTING_NAMES, STRING) },
    baseline: { description: 'A file of findings that are known and not to be reported.', ...STRING },
    failOn: { description: 'Exit 1 on findings of this severity or a worse one.', enum: SEVERITIES },
    maxWarnings: { description: 'Exit 1 on more warnings than this.', type: 'integer', minimum: 0 },
  };
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'Configuration of migration-guard',
    type: 'object',
    properties: { $schema: STRING, ...properties },
    additionalProperties: false,
  };
}
