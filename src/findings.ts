import { suggestionsFor } from './edits/suggestions.js';
import type { Blocked, Finding, SafeStep, Severity } from './finding.js';
import { Fingerprints } from './fingerprint.js';
import { helpUrl } from './links.js';
import type { Direction, Migration } from './operations/migration.js';
import { tableOf } from './operations/table-of.js';
import type { OperationKind } from './operations/types.js';
import { parserFor } from './parsers/load.js';
import type { Source } from './parsers/parser.js';
import { NO_PLACE, type Place } from './place.js';
import type { Effects, PostgresVersion, TableName } from './postgres/effects.js';
import { blockedBy } from './postgres/locks.js';
import { displayName, relationOf } from './postgres/schema.js';
import type { ReplayedMigration } from './replay/types.js';
import type { RegisteredRule, Rule, RuleContext, RuleReport, Step } from './rule.js';
import { registeredRules } from './rule-register.js';
import { SourceLines } from './source-lines.js';

export type RuleSetting = 'off' | Severity;

/** Rule id to severity; what is not named keeps its default. */
export type RuleSettings = Readonly<Record<string, RuleSetting>>;

export type Preset = 'recommended' | 'strict' | 'all';

export interface FindingsOptions {
  source: Source;
  version: PostgresVersion;
  direction: Direction;
  rules: RuleSettings;
  preset?: Preset;
  /** What the rest of the project says about the file. */
  place?: Place;
  /** What the configuration says of a table, by its displayed name. */
  factOf?: (table: TableName) => 'hot' | 'small' | undefined;
  /** Told of each finding before it is returned, with the step that it is about. */
  made?: (finding: Finding, step: Step) => void;
}

interface ActiveRule {
  registered: RegisteredRule;
  severity: Severity;
}

type RulesByKind = ReadonlyMap<OperationKind | '*', readonly ActiveRule[]>;

function activeRules(settings: RuleSettings, preset: Preset): RulesByKind {
  const byKind = new Map<OperationKind | '*', ActiveRule[]>();
  for (const registered of registeredRules) {
    const { id, operations, severity, presets } = registered;
    const inPreset = preset === 'all' || presets.includes(preset);
    const setting = settings[id] ?? (inPreset ? severity : 'off');
    if (setting === 'off') continue;
    for (const kind of operations === '*' ? (['*'] as const) : operations) {
      const list = byKind.get(kind) ?? [];
      list.push({ registered, severity: setting });
      byKind.set(kind, list);
    }
  }
  return byKind;
}

// One run lints many files under the same settings object.
const activeCache = new WeakMap<RuleSettings, Map<Preset, RulesByKind>>();

function activeRulesCached(settings: RuleSettings, preset: Preset): RulesByKind {
  let byPreset = activeCache.get(settings);
  if (byPreset === undefined) activeCache.set(settings, (byPreset = new Map()));
  let active = byPreset.get(preset);
  if (active === undefined) byPreset.set(preset, (active = activeRules(settings, preset)));
  return active;
}

interface Fired {
  rule: Rule;
  severity: Severity;
  report: RuleReport;
  step: Step;
}

/** The findings of one replayed migration in one direction, in order of place, suppressions not yet applied. */
export function findingsOf(replayed: ReplayedMigration, options: FindingsOptions): Finding[] {
  const { migration } = replayed;
  const steps = options.direction === 'up' ? replayed.up : replayed.down;
  if (steps === null || steps.length === 0) return [];

  const active = activeRulesCached(options.rules, options.preset ?? 'recommended');
  const always = active.get('*') ?? [];
  const fired: Fired[] = [];
  for (const step of steps) {
    const wanted = [...(active.get(step.operation.kind) ?? []), ...always];
    if (wanted.length === 0) continue;
    fired.push(...fire(wanted, step, steps, migration, options));
  }
  if (fired.length === 0) return [];

  const lines = new SourceLines(options.source.text);
  const findings = fired.map((one) => {
    const finding = findingOf(one, steps, migration, options, lines);
    options.made?.(finding, one.step);
    return finding;
  });
  findings.sort(byPlace);
  return withFingerprints(distinct(findings), fired, options.source);
}

/** A call in a loop, or two operations of one clause, may be told the same; once is enough. */
function distinct(findings: readonly Finding[]): Finding[] {
  const seen = new Set<string>();
  return findings.filter(({ ruleId, start, end, message }) => {
    const key = `${start.offset} ${end.offset} ${ruleId} ${message}`;
    return !seen.has(key) && seen.add(key);
  });
}

function fire(
  active: readonly ActiveRule[],
  step: Step,
  steps: readonly Step[],
  migration: Migration,
  options: FindingsOptions,
): Fired[] {
  const context = contextOf(step, steps, migration, options);
  const fired: Fired[] = [];
  for (const { registered, severity } of active) {
    const rule = registered.rule();
    const result = rule.check(step.operation, context);
    if (result === undefined) continue;
    for (const report of Array.isArray(result) ? (result as RuleReport[]) : [result as RuleReport]) {
      fired.push({ rule, severity, report, step });
    }
  }
  const covered = new Set(fired.flatMap(({ rule }) => rule.meta.covers ?? []));
  return covered.size === 0 ? fired : fired.filter(({ rule }) => !covered.has(rule.meta.id));
}

function contextOf(
  step: Step,
  steps: readonly Step[],
  migration: Migration,
  { version, source, place = NO_PLACE, factOf }: FindingsOptions,
): RuleContext {
  const { schema } = step;
  return {
    effects: step.effects,
    schema,
    session: step.session,
    version,
    migration,
    text: source.text,
    place,
    factOf: (table) => factOf?.(displayName(table)),
    steps,
    index: step.index,
    relation: (table) => relationOf(schema, table),
    isEmpty: (table) => relationOf(schema, table)?.age === 'empty',
    isNew: (table) => {
      const relation = relationOf(schema, table);
      return relation !== undefined && (relation.age !== 'existing' || relation.persistence === 'temporary');
    },
  };
}

function findingOf(fired: Fired, steps: readonly Step[], migration: Migration, options: FindingsOptions, lines: SourceLines): Finding {
  const { rule, severity, report, step } = fired;
  const { operation, effects } = step;
  const span = report.at ?? operation.span;
  const table = report.table ?? tableOf(operation);
  const writer = parserFor(migration.language);
  const suggestions = suggestionsFor(rule.meta.id, report, step, { text: options.source.text, steps, migration });
  return {
    ruleId: rule.meta.id,
    category: rule.meta.category,
    severity,
    message: report.message,
    why: report.why ?? `${rule.meta.effect}.`,
    path: migration.path,
    start: lines.position(span.start),
    end: lines.position(span.end),
    table: table === null ? null : displayName(table),
    operation: operation.kind,
    direction: options.direction,
    effects: shownEffects(effects),
    blocks: blocksOf(effects),
    safe: deployedApart(report.rewrite.map((part) => writer.write(part, migration)), migration),
    ...(suggestions.length === 0 ? {} : { suggestions }),
    helpUrl: helpUrl(rule.meta.id),
    fingerprint: '',
    suppressed: null,
  };
}

/**
 * "The next migration" is no other transaction where the runner wraps all that
 * is pending in one: there the step has to wait for the next deploy.
 */
function deployedApart(steps: SafeStep[], { transaction }: Migration): SafeStep[] {
  const first = transaction === 'batch' ? steps.findIndex((step) => step.transaction === 'own') : -1;
  return steps.map((step, index) => {
    if (index !== first) return step;
    const note = step.note === '' ? 'In a migration of its own' : step.note.replace(/[.:,]$/, '');
    return { ...step, note: `${note}; deploy it later, as pending files share one transaction here:` };
  });
}

function shownEffects({ locks, rewrites, scans, builds, fails, certainty, assumes }: Effects): Finding['effects'] {
  return { locks, rewrites, scans, builds, fails, certainty, ...(assumes === null ? {} : { assumes }) };
}

const BLOCKED_ORDER: readonly Blocked[] = ['reads', 'writes', 'ddl'];

/** What waits while the operation's locks are held, worst first. */
function blocksOf(effects: Effects): Blocked[] {
  const blocked = new Set(effects.locks.flatMap(({ mode }) => blockedBy(mode)));
  return BLOCKED_ORDER.filter((one) => blocked.has(one));
}

function byPlace(a: Finding, b: Finding): number {
  return a.start.offset - b.start.offset || a.end.offset - b.end.offset || (a.ruleId < b.ruleId ? -1 : a.ruleId > b.ruleId ? 1 : 0);
}

/** Told apart by the words of their statements. */
function withFingerprints(findings: Finding[], fired: readonly Fired[], source: Source): Finding[] {
  const statements = fired.map(({ step }) => step.operation.statement.span);
  const fingerprints = new Fingerprints();
  for (const finding of findings) {
    const span =
      statements.find((one) => one.start <= finding.start.offset && finding.end.offset <= one.end) ??
      { start: finding.start.offset, end: finding.end.offset };
    fingerprints.give(finding, source.text.slice(span.start, span.end));
  }
  return findings;
}
