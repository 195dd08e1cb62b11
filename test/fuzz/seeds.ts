import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Seed } from './mutate.js';

const fixtures = resolve(import.meta.dirname, '../../fixtures');

const LANGUAGES = { sql: /\.sql$/, python: /\.py$/, typescript: /\.[jt]s$/ } as const;

export type FuzzLanguage = keyof typeof LANGUAGES;

export const FUZZ_LANGUAGES = Object.keys(LANGUAGES) as readonly FuzzLanguage[];

/** Every fixture of a language that is a migration; what broke a promise once lies in `fixtures/fuzz`. */
export function seedsOf(language: FuzzLanguage, folder = fixtures): Seed[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && LANGUAGES[language].test(entry.name) && entry.name !== 'schema.sql')
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()
    .map((file) => ({ path: file.slice(fixtures.length + 1).replaceAll('\\', '/'), text: readFileSync(file, 'utf8') }))
    .filter(({ text }) => text.length < 20_000);
}
