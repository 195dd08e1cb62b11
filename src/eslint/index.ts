import type { ESLint, Linter, Rule } from 'eslint';
import { VERSION } from '../version.js';
import { languageFor, type EslintLanguage } from './language.js';
import { processorFor } from './processor.js';
import { ruleDescriptions, rules } from './rules.js';

const SCRIPTS = ['**/*.{js,cjs,mjs,ts,cts,mts}'];

function severities(preset: 'recommended' | 'strict'): Linter.RulesRecord {
  return Object.fromEntries(
    ruleDescriptions.filter((rule) => rule[preset]).map((rule) => [`migration-guard/${rule.id}`, 'warn' as const]),
  );
}

/** For eslintrc, which ESLint 10 has no type for any more. */
export interface LegacyConfig {
  plugins: string[];
  rules: Linter.RulesRecord;
  overrides: { files: string[]; processor: string }[];
}

/** What `eslint.config.ts` takes as a plugin, with what it spreads into its list. */
export interface MigrationGuardPlugin {
  meta: { name: string; version: string; namespace: string };
  rules: Record<string, Rule.RuleModule>;
  /** ESLint 9.7 and later. */
  languages: Record<'sql' | 'python', EslintLanguage>;
  processors: Record<'sql' | 'python', Linter.Processor>;
  configs: {
    /** Flat, TypeScript and JavaScript only: safe on ESLint 8.57, 9 and 10. */
    js: Linter.Config[];
    /** Flat, ESLint 9.7 and later: SQL and Python too. */
    recommended: Linter.Config[];
    strict: Linter.Config[];
    /** Flat on ESLint 8.57: SQL and Python through the processor. */
    processor: Linter.Config[];
    'recommended-legacy': LegacyConfig;
  };
}

/** One object for ESLint 8.57 (eslintrc and flat), 9 and 10. */
const plugin: MigrationGuardPlugin = {
  meta: { name: 'eslint-plugin-migration-guard', version: VERSION, namespace: 'migration-guard' },
  rules,
  languages: { sql: languageFor('sql'), python: languageFor('python') },
  processors: { sql: processorFor('sql', VERSION), python: processorFor('python', VERSION) },
  configs: {} as MigrationGuardPlugin['configs'],
};

const plugins: Record<string, ESLint.Plugin> = { 'migration-guard': plugin };

function scripts(preset: 'recommended' | 'strict'): Linter.Config {
  return { name: `migration-guard/${preset}/js`, files: SCRIPTS, plugins, rules: severities(preset) };
}

function language(preset: 'recommended' | 'strict', id: 'sql' | 'python', files: string[]): Linter.Config {
  return {
    name: `migration-guard/${preset}/${id}`,
    files,
    plugins,
    language: `migration-guard/${id}`,
    rules: { ...severities(preset), 'migration-guard/wrong-comment-syntax': 'warn' },
  };
}

function everything(preset: 'recommended' | 'strict'): Linter.Config[] {
  return [scripts(preset), language(preset, 'sql', ['**/*.sql']), language(preset, 'python', ['**/*.py'])];
}

plugin.configs = {
  js: [scripts('recommended')],
  recommended: everything('recommended'),
  strict: everything('strict'),
  processor: [
    { name: 'migration-guard/processor/sql', files: ['**/*.sql'], plugins, processor: 'migration-guard/sql' },
    { name: 'migration-guard/processor/python', files: ['**/*.py'], plugins, processor: 'migration-guard/python' },
  ],
  'recommended-legacy': {
    plugins: ['migration-guard'],
    rules: severities('recommended'),
    overrides: [
      { files: ['*.sql'], processor: 'migration-guard/sql' },
      { files: ['*.py'], processor: 'migration-guard/python' },
    ],
  },
};

export default plugin;
