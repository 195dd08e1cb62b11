import { SUPPRESSION_RULES, WRONG_COMMENT_SYNTAX, type CommentRule } from '../comment-rules.js';
import { helpUrl } from '../links.js';
import { rules } from '../rules/index.js';

/** A rule as `rules --format json` and `explain --format json` print it. */
export interface DescribedRule {
  id: string;
  category: string;
  severity: string;
  presets: readonly string[];
  trigger: string;
  effect: string;
  remedy: string;
  since: string;
  references: readonly string[];
  helpUrl: string;
}

/** Every rule, those about suppression comments included, in order of their names. */
export function describedRules(): DescribedRule[] {
  const judged = rules.map(({ meta }) => ({
    id: meta.id,
    category: meta.category,
    severity: meta.severity,
    presets: meta.presets,
    trigger: meta.trigger,
    effect: meta.effect,
    remedy: meta.remedy,
    since: meta.since,
    references: meta.references,
    helpUrl: helpUrl(meta.id),
  }));
  return [...judged, ...SUPPRESSION_RULES.map(described)].sort((a, b) => (a.id < b.id ? -1 : 1));
}

/** Those of `describedRules`, and the one that only the ESLint plugin knows. */
export function explainedRules(): DescribedRule[] {
  return [...describedRules(), described(WRONG_COMMENT_SYNTAX)];
}

function described({ id, severity, description, effect, remedy }: CommentRule): DescribedRule {
  return {
    id,
    category: 'style',
    severity,
    presets: ['recommended', 'strict'],
    trigger: description,
    effect,
    remedy,
    since: '0.1.0',
    references: [],
    helpUrl: helpUrl(id),
  };
}
