import type { Finding } from './finding.js';
import type { Migration } from './operations/migration.js';
import type { Source } from './parsers/parser.js';

/** Applies the suppression comments of a migration to its findings. */
export function suppress(findings: Finding[], _migration: Migration, _source: Source): Finding[] {
  return findings;
}
