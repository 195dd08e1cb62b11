import type { Severity } from '../finding.js';
import type { Report } from '../report.js';

/** What a format may say of a rule beside its findings. */
export interface RuleDescription {
  id: string;
  severity: Severity;
  trigger: string;
  effect: string;
  remedy: string;
}

export interface ReporterOptions {
  /** What a rule's own page says; a format that wants it does with the findings where it is absent. */
  rules?: readonly RuleDescription[];
  /** Text of each reported file by path, for code frames; a file may be missing. */
  sources: ReadonlyMap<string, string>;
  /** Columns of the terminal; 80 where there is none. */
  width: number;
  /** The whole safe way of every finding, also where an earlier finding of the same rule showed it. */
  full?: boolean;
  /** How a path of the report is printed for people; as it is when absent. */
  shownPath?: (path: string) => string;
  /** What the user lets fail the run; null when nothing does. */
  failOn: Severity | null;
  /** Annotations per level in the `github` format; 0 for no limit. */
  maxAnnotations: number;
  /** Characters of the `markdown` format. */
  markdownLimit: number;
}

/** A format: a pure function from a report to text, its last newline included. */
export type Reporter = (report: Report, options: ReporterOptions) => string;
