export { lint, inspect, type InspectedOperation, type LintOptions } from './lint.js';
export type { Finding, Position, SafeStep, Severity, Category, Blocked, SafeLanguage } from './finding.js';
export type { Report, ReportedFile } from './report.js';
export { lintProject, type ProjectOptions } from './project.js';
export { defineConfig, type Config } from './config.js';
export type {
  RehearsalReport,
  RehearsedMigration,
  RehearsedProject,
  RehearsedSchema,
  RehearsedStep,
  HeldLock,
  RoundTrip,
  ProbeOutcome,
  Wait,
} from './rehearse/types.js';
