import type { SafeStep } from '../../finding.js';
import type { Framework, Migration } from '../../operations/migration.js';
import type { RewriteStep } from '../../rule.js';
import type { Host, Source } from '../parser.js';
import type { SourceFile } from './parse.js';

/** What a front-end makes of a file. */
export type Lowered = Pick<
  Migration,
  'revision' | 'parents' | 'transaction' | 'transactionSetBy' | 'up' | 'down' | 'notices'
>;

/** One framework written in JavaScript or TypeScript. */
export interface FrontEnd {
  framework: Framework;
  /** Cheap and certain, by the text and the path alone; two front-ends never both say yes. */
  recognise(source: Source): boolean;
  /** A string says why the file is left alone, one line without a full stop. */
  lower(file: SourceFile, host: Host | undefined): Lowered | string;
  /** A step of a safe rewrite in the framework's own words. */
  write(step: RewriteStep, migration: Migration): SafeStep;
}
