import type { Reporter } from './reporter.js';

/** The report itself. Scripts depend on it. */
export const json: Reporter = (report) => `${JSON.stringify(report, null, 2)}\n`;
