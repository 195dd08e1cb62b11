import type { Finding, Severity } from './finding.js';
import type { Framework } from './operations/migration.js';
import type { PostgresVersion } from './postgres/effects.js';

export interface ReportedFile {
  path: string;
  framework: Framework | null;
  revision: string | null;
  operations: number;
  unread: number;
  /** Why the file was left alone, or could not be read at all; null when it was linted. */
  skipped: string | null;
}

/** What `--format json` prints, and `lintProject` returns. */
export interface Report {
  version: 1;
  tool: { name: 'migration-guard'; version: string };
  postgres: PostgresVersion;
  files: ReportedFile[];
  findings: Finding[];
  summary: Record<Severity, number> & { suppressed: number; files: number; operations: number; unread: number };
}
