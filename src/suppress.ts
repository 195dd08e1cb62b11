import { SUPPRESSION_RULES } from './comment-rules.js';
import type { Finding } from './finding.js';
import { Fingerprints } from './fingerprint.js';
import type { Preset, RuleSettings } from './findings.js';
import { helpUrl } from './links.js';
import { suggestion } from './nearest.js';
import type { Direction, Migration, SourceComment } from './operations/migration.js';
import type { Operation, Span, Statement } from './operations/types.js';
import type { Source } from './parsers/parser.js';
import { registeredRules } from './rule-register.js';
import { SourceLines } from './source-lines.js';

export { SUPPRESSION_RULES };

type SuppressionRule = (typeof SUPPRESSION_RULES)[number];

export interface SuppressOptions {
  rules?: RuleSettings;
  preset?: Preset;
  /** The direction the findings are about. */
  direction?: Direction;
}

type Scope = 'line' | 'next-line' | 'file' | 'block';

interface Directive {
  comment: SourceComment;
  scope: Scope;
  /** Empty for every rule. */
  rules: string[];
  reason: string;
  /** Rules of the list, or `*`, that suppressed something. */
  used: Set<string>;
  /** A block reaches to here. */
  end: number;
}

const PREFIX = 'migration-guard-';
const SCOPES: Readonly<Record<string, Scope>> = {
  'disable-line': 'line',
  'disable-next-line': 'next-line',
  'disable-file': 'file',
  disable: 'block',
};
const KEYWORDS = [...Object.keys(SCOPES), 'enable'];

interface Parsed {
  comment: SourceComment;
  keyword: string;
  rules: string[];
  reason: string;
}

function parse(comment: SourceComment): Parsed | null {
  if (!comment.text.startsWith(PREFIX)) return null;
  const [, keyword = '', rest = ''] = /^(\S*)([\s\S]*)$/.exec(comment.text.slice(PREFIX.length)) ?? [];
  const [names = '', ...reason] = rest.split(/(?:^|\s)-{2,}(?:\s|$)/);
  const rules = names.split(/[\s,]+/).filter((name) => name !== '');
  return {
    comment,
    keyword,
    rules: rules.map((name) => name.replace(/^migration-guard\//, '')),
    reason: reason.join(' -- ').replace(/\s+/g, ' ').trim(),
  };
}

/** The suppressions of a file, each block closed where an `enable` or the end of the file closes it. */
function directivesOf(parsed: readonly Parsed[], length: number): Directive[] {
  const directives: Directive[] = [];
  for (const { comment, keyword, rules, reason } of parsed) {
    const scope = SCOPES[keyword];
    if (scope !== undefined) {
      directives.push({ comment, scope, rules, reason, used: new Set(), end: length });
    } else if (keyword === 'enable') {
      for (const open of directives) {
        const closed = rules.length === 0 || open.rules.some((rule) => rules.includes(rule));
        if (open.scope === 'block' && open.end === length && closed) open.end = comment.span.start;
      }
    }
  }
  return directives;
}

function statementsOf(operations: readonly Operation[]): Statement[] {
  return [...new Set(operations.map(({ statement }) => statement))].sort((a, b) => a.span.start - b.span.start);
}

function inside(offset: number, span: Span): boolean {
  return span.start <= offset && offset < span.end;
}

/** Which findings and statements of a file a comment is about. */
class Reach {
  readonly #lines: SourceLines;
  readonly #statements: Statement[];
  readonly #down: ReadonlySet<Statement>;

  constructor(
    private readonly migration: Migration,
    private readonly source: Source,
  ) {
    this.#lines = new SourceLines(source.text);
    this.#statements = statementsOf([...migration.up, ...(migration.down ?? [])]);
    this.#down = new Set(statementsOf(migration.down ?? []));
  }

  position(offset: number): Finding['start'] {
    return this.#lines.position(offset);
  }

  line(offset: number): number {
    return this.#lines.position(offset).line;
  }

  /** Statements of either direction that the comment covers whole. */
  covered(directive: Directive): Statement[] {
    const { span } = directive.comment;
    if (directive.scope === 'file') return this.#statements;
    if (directive.scope === 'block') return this.#statements.filter(({ span: { start } }) => span.end <= start && start < directive.end);
    if (directive.scope === 'line') {
      const first = this.line(span.start);
      const last = this.line(span.end);
      return this.#statements.filter(({ span: at }) => this.line(at.start) <= last && this.#lastLine(at) >= first);
    }
    const next = this.#statements.find(({ span: at }) => at.start >= span.end);
    if (next === undefined || this.#statements.some(({ span: at }) => at.start < span.start && span.end < at.end)) return [];
    const line = this.line(next.span.start);
    // One call of a programming language may send several statements; to its author it is one.
    const sameCall = (one: Statement): boolean =>
      this.migration.language !== 'sql' && one.call === next.call && this.#down.has(one) === this.#down.has(next);
    return this.#statements.filter((one) => one.span.start >= span.end && (this.line(one.span.start) === line || sameCall(one)));
  }

  /** A semicolon that follows belongs to the statement for whoever writes a comment beside it. */
  #lastLine({ start, end }: Span): number {
    const semicolon = /^\s*;/.exec(this.source.text.slice(end, end + 200))?.[0].length ?? 0;
    return this.line(Math.max(start, end + semicolon - 1));
  }

  /** Lines on which a finding may start to be covered whatever its statement. */
  lines(directive: Directive): { first: number; last: number } {
    const { span } = directive.comment;
    if (directive.scope === 'line') return { first: this.line(span.start), last: this.line(span.end) };
    const next = this.#nextCode(span.end);
    return { first: next, last: next };
  }

  /** The line of the first thing after `offset` that is neither space nor comment. */
  #nextCode(offset: number): number {
    const { text } = this.source;
    let at = offset;
    for (;;) {
      while (at < text.length && /\s/.test(text.charAt(at))) at++;
      const comment = this.migration.comments.find(({ span }) => inside(at, span));
      if (comment === undefined) return this.line(at);
      at = comment.span.end;
    }
  }
}

function matching(directive: Directive, findings: readonly Finding[], reach: Reach): Finding[] {
  const named = findings.filter(({ ruleId }) => directive.rules.length === 0 || directive.rules.includes(ruleId));
  if (directive.scope === 'file') return named;
  if (directive.scope === 'block') {
    return named.filter(({ start }) => directive.comment.span.end <= start.offset && start.offset < directive.end);
  }
  const { first, last } = reach.lines(directive);
  const starting = named.filter(({ start }) => first <= start.line && start.line <= last);
  // A comment beside one of several clauses is about that clause alone.
  if (directive.scope === 'line' && starting.length > 0) return starting;
  const covered = reach.covered(directive);
  return named.filter((finding) => starting.includes(finding) || covered.some(({ span }) => inside(finding.start.offset, span)));
}

class Remarks {
  readonly findings: Finding[] = [];
  readonly #fingerprints = new Fingerprints();

  constructor(
    private readonly migration: Migration,
    private readonly reach: Reach,
    private readonly options: SuppressOptions,
  ) {}

  add(ruleId: SuppressionRule['id'], message: string, { span, text }: SourceComment): void {
    const severity = this.options.rules?.[ruleId] ?? 'info';
    if (severity === 'off') return;
    const { migration, reach, options } = this;
    const finding: Finding = {
      ruleId,
      category: 'style',
      severity,
      message,
      why: `${SUPPRESSION_RULES.find(({ id }) => id === ruleId)?.effect ?? ''}.`,
      path: migration.path,
      start: reach.position(span.start),
      end: reach.position(span.end),
      table: null,
      operation: null,
      direction: options.direction ?? 'up',
      effects: { locks: [], rewrites: [], scans: [], builds: [], fails: null, certainty: 'certain' },
      blocks: [],
      safe: [],
      helpUrl: helpUrl(ruleId),
      fingerprint: '',
      suppressed: null,
    };
    this.#fingerprints.give(finding, text);
    this.findings.push(finding);
  }
}

/** True when a rule may find something under these settings. */
export function isActive(ruleId: string, { rules = {}, preset = 'recommended' }: SuppressOptions): boolean {
  const setting = rules[ruleId];
  if (setting !== undefined) return setting !== 'off';
  const rule = registeredRules.find(({ id }) => id === ruleId);
  return rule !== undefined && (preset === 'all' || rule.presets.includes(preset));
}

function knownIds(): string[] {
  return [...registeredRules.map(({ id }) => id), ...SUPPRESSION_RULES.map(({ id }) => id)];
}

function remarkOnNames(parsed: readonly Parsed[], remarks: Remarks): void {
  const known = knownIds();
  for (const { comment, keyword, rules } of parsed) {
    if (!KEYWORDS.includes(keyword)) {
      const meant = suggestion(PREFIX + keyword, KEYWORDS.map((one) => PREFIX + one));
      remarks.add('unused-suppression', `"${PREFIX}${keyword}" is no suppression comment.${meant}`, comment);
      continue;
    }
    for (const rule of new Set(rules.filter((one) => !known.includes(one)))) {
      remarks.add('unused-suppression', `There is no rule "${rule}".${suggestion(rule, known)}`, comment);
    }
  }
}

function remarkOnUse(directive: Directive, remarks: Remarks, options: SuppressOptions): void {
  const { comment, rules, used } = directive;
  if (rules.length === 0 && used.size === 0) {
    remarks.add('unused-suppression', 'This comment suppresses nothing and can go.', comment);
  }
  const known = knownIds();
  for (const rule of new Set(rules)) {
    // A rule that is switched off would have found nothing anyway; the comment is for those who switch it on.
    if (used.has(rule) || !known.includes(rule) || !isActive(rule, options)) continue;
    remarks.add('unused-suppression', `Nothing here is found by "${rule}"; the comment can go.`, comment);
  }
}

/**
 * Applies the suppression comments of a migration to its findings. A finding
 * that is suppressed stays in the list and says why; a comment without a
 * reason, without an effect or with an unknown name becomes a finding itself.
 *
 *     migration-guard-disable[-line|-next-line|-file] <rule>[, <rule>] -- <reason>
 *     migration-guard-enable [<rule>[, <rule>]]
 */
export function suppress(
  findings: Finding[],
  migration: Migration,
  source: Source,
  options: SuppressOptions = {},
): Finding[] {
  const parsed = migration.comments.map(parse).filter((one) => one !== null);
  if (parsed.length === 0) return findings;

  const directives = directivesOf(parsed, source.text.length);
  const direction = options.direction ?? 'up';
  const reach = new Reach(migration, source);
  const result = [...findings];
  for (const directive of directives) {
    const { reason, used } = directive;
    for (const finding of matching(directive, result, reach)) {
      used.add(finding.ruleId);
      if (finding.suppressed !== null) continue;
      result[result.indexOf(finding)] = { ...finding, suppressed: { kind: 'inline', justification: reason } };
    }
  }

  const remarks = new Remarks(migration, reach, options);
  remarkOnNames(parsed, remarks);
  const others = new Set(statementsOf((direction === 'up' ? migration.down : migration.up) ?? []));
  for (const directive of directives) {
    if (directive.reason === '') {
      remarks.add('suppression-without-reason', 'This suppression gives no reason; add one after " -- ".', directive.comment);
    }
    // What stands over the other direction's statements is used when that direction is linted.
    if (!reach.covered(directive).some((one) => others.has(one))) remarkOnUse(directive, remarks, options);
  }
  return [...result, ...remarks.findings].sort((a, b) => a.start.offset - b.start.offset || a.end.offset - b.end.offset);
}
