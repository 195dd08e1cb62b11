import { SourceLines } from '../source-lines.js';
import type { SourceComment } from '../operations/migration.js';
import { directivesOf, type Directive } from './directives.js';

interface Location {
  line: number;
  /** From 0, as ESLint counts. */
  column: number;
}

export interface MigrationTree {
  type: 'MigrationFile';
  range: [number, number];
  loc: { start: Location; end: Location };
  // Rules for JavaScript walk these as soon as they are created, whatever the language.
  body: never[];
  comments: never[];
  tokens: never[];
}

interface Step {
  kind: 1;
  target: MigrationTree;
  phase: 1 | 2;
  args: [MigrationTree];
}

/** A tree of one node: the guard's own reading of the file happens in the rules. */
export function treeOf(text: string): MigrationTree {
  const lines = new SourceLines(text);
  const end = lines.position(text.length);
  return {
    type: 'MigrationFile',
    range: [0, text.length],
    loc: { start: { line: 1, column: 0 }, end: { line: end.line, column: end.column - 1 } },
    body: [],
    comments: [],
    tokens: [],
  };
}

/** An empty global scope: rules for JavaScript may look, and find nothing. */
function emptyScope(block: MigrationTree): object {
  return {
    type: 'global',
    isStrict: false,
    set: new Map(),
    variables: [],
    references: [],
    through: [],
    childScopes: [],
    upper: null,
    block,
  };
}

// A user's unscoped JavaScript configuration applies its rules to our files as
// well. They must find a source code that answers every question with nothing.
const INERT_LISTS = [
  'getAllComments', 'getCommentsBefore', 'getCommentsAfter', 'getCommentsInside', 'getTokens', 'getFirstTokens',
  'getLastTokens', 'getTokensBefore', 'getTokensAfter', 'getTokensBetween', 'getFirstTokensBetween',
  'getLastTokensBetween', 'getDeclaredVariables',
] as const;
const INERT_SINGLES = [
  'getFirstToken', 'getLastToken', 'getTokenBefore', 'getTokenAfter', 'getFirstTokenBetween',
  'getLastTokenBetween', 'getTokenByRangeStart', 'getNodeByRangeIndex', 'getJSDocComment',
] as const;
const INERT_CLAIMS = [
  'commentsExistBetween', 'isSpaceBetween', 'isSpaceBetweenTokens', 'isGlobalReference', 'markVariableAsUsed',
] as const;

/** What ESLint needs to lint a file that is not JavaScript. */
export class MigrationSourceCode {
  readonly text: string;
  readonly ast: MigrationTree;
  readonly lines: string[];
  readonly hasBOM: boolean;
  readonly visitorKeys = { MigrationFile: [] };
  readonly parserServices = {};
  readonly scopeManager: object;
  readonly #positions: SourceLines;
  readonly #comments: readonly SourceComment[];

  constructor(text: string, hasBOM: boolean, ast: MigrationTree, comments: readonly SourceComment[]) {
    this.text = text;
    this.hasBOM = hasBOM;
    this.ast = ast;
    this.lines = text.split(/\r\n|\r|\n/);
    this.#positions = new SourceLines(text);
    this.#comments = comments;
    const scope = emptyScope(ast);
    this.scopeManager = { scopes: [scope], globalScope: scope, acquire: () => scope, getDeclaredVariables: () => [] };
  }

  getScope(): object {
    return emptyScope(this.ast);
  }

  getLoc(node: { loc: MigrationTree['loc'] }): MigrationTree['loc'] {
    return node.loc;
  }

  getRange(node: { range: [number, number] }): [number, number] {
    return node.range;
  }

  getText(node?: { range: [number, number] }, before = 0, after = 0): string {
    if (node === undefined) return this.text;
    return this.text.slice(Math.max(node.range[0] - before, 0), node.range[1] + after);
  }

  getLines(): string[] {
    return this.lines;
  }

  getParent(): null {
    return null;
  }

  getAncestors(): never[] {
    return [];
  }

  getLocFromIndex(index: number): Location {
    const { line, column } = this.#positions.position(index);
    return { line, column: column - 1 };
  }

  getIndexFromLoc({ line, column }: Location): number {
    return this.#positions.offset(line, column + 1);
  }

  *traverse(): Generator<Step> {
    yield { kind: 1, target: this.ast, phase: 1, args: [this.ast] };
    yield { kind: 1, target: this.ast, phase: 2, args: [this.ast] };
  }

  getDisableDirectives(): { problems: never[]; directives: Directive[] } {
    const locate = (offset: number): Location => this.getLocFromIndex(offset);
    return { problems: [], directives: directivesOf(this.#comments, locate) };
  }

  getInlineConfigNodes(): never[] {
    return [];
  }

  applyInlineConfig(): { configs: never[]; problems: never[] } {
    return { configs: [], problems: [] };
  }

  applyLanguageOptions(): void {
    // Nothing of another language's options changes how a migration is read.
  }

  finalize(): void {
    // No globals to settle.
  }
}

const inert: Record<string, () => unknown> = {};
for (const name of INERT_LISTS) inert[name] = () => [];
for (const name of INERT_SINGLES) inert[name] = () => null;
for (const name of INERT_CLAIMS) inert[name] = () => false;
Object.assign(MigrationSourceCode.prototype, inert);
