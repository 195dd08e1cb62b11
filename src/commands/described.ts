import { helpUrl } from '../links.js';
import { rules } from '../rules/index.js';
import { SUPPRESSION_RULES } from '../suppress.js';

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
  const comments = SUPPRESSION_RULES.map(({ id, description }) => ({
    id,
    category: 'style',
    severity: 'info',
    presets: ['recommended', 'strict'],
    trigger: description,
    effect: 'A suppression is trusted blindly, so it has to say what it is for and be needed',
    remedy: id === 'suppression-without-reason' ? 'Add the reason after " -- "' : 'Remove the comment, or correct the name in it',
    since: '0.1.0',
    references: [],
    helpUrl: helpUrl(id),
  }));
  return [...judged, ...comments].sort((a, b) => (a.id < b.id ? -1 : 1));
}
