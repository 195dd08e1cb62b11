/** Where the project lives; the one place that knows. */
export const HOMEPAGE = 'https://github.com/migration-guard/migration-guard';

/** The published page of a rule. */
export function helpUrl(ruleId: string): string {
  return `${HOMEPAGE}/blob/main/docs/rules/${ruleId}.md`;
}
