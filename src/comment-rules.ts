/** What comments themselves can be found wanting in: no operation shows it, so no rule of `src/rules` does. */
export interface CommentRule {
  id: string;
  severity: 'info' | 'warning';
  /** One line each, no full stop, as in the meta of a rule. */
  description: string;
  effect: string;
  remedy: string;
  /** Where the rule speaks: in every run, or only where ESLint reads the file. */
  where: 'everywhere' | 'eslint';
}

/** Switched like any rule. */
export const SUPPRESSION_RULES = [
  {
    id: 'suppression-without-reason',
    severity: 'info',
    description: 'A suppression comment that does not say why',
    effect: 'Whoever reads the file next cannot tell what was checked from what was silenced',
    remedy: 'Add the reason after " -- "',
    where: 'everywhere',
  },
  {
    id: 'unused-suppression',
    severity: 'info',
    description: 'A suppression comment that suppresses nothing, or names no rule',
    effect: 'It would silence the next finding on its line, which nobody has looked at',
    remedy: 'Remove the comment, or correct the name in it',
    where: 'everywhere',
  },
] as const satisfies readonly CommentRule[];

/** Known to the ESLint plugin alone: only editors that run ESLint write such lines. */
export const WRONG_COMMENT_SYNTAX = {
  id: 'wrong-comment-syntax',
  severity: 'warning',
  description: 'A comment for ESLint that begins with // in SQL or Python, where that is no comment',
  effect: 'The file no longer parses: an editor that does not know the language writes // into it',
  remedy: 'Begin the comment with -- in SQL and with # in Python; eslint --fix does',
  where: 'eslint',
} as const satisfies CommentRule;
