import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CommentRule } from '../src/comment-rules.js';
import { fence } from './rule-page.js';

const WHERE: Readonly<Record<CommentRule['where'], string>> = {
  everywhere: 'in every preset',
  eslint: 'only in the ESLint plugin',
};

/** The page of a rule about comments: its words, and the fixtures by which it is tested. */
export function commentPage({ id, severity, description, effect, remedy, where }: CommentRule, folder: string): string {
  const files = existsSync(folder) ? readdirSync(folder).sort() : [];
  const fenced = (file: string, language = 'sql'): string => fence(language, readFileSync(join(folder, file), 'utf8').trimEnd());
  const parts = [
    `# ${id}`,
    `\`${severity}\` · style · ${WHERE[where]} · since 0.1.0`,
    `${description}.`,
    '## Why',
    `${effect}.`,
    '## What to do',
    `${remedy}.`,
    '## Example',
    fenced('bad.sql'),
  ];
  if (files.includes('bad.sql.out')) parts.push('What is printed:', fenced('bad.sql.out', 'text'));
  parts.push('## Instead', fenced('good.sql'), '## Switch off', ...off(id, where));
  return `${parts.join('\n\n')}\n`;
}

function off(id: string, where: CommentRule['where']): string[] {
  if (where === 'eslint') return ['In the configuration of ESLint:', fence('json', `{ "rules": { "migration-guard/${id}": "off" } }`)];
  return ['In the configuration, for the whole project:', fence('json', `{ "rules": { "${id}": "off" } }`)];
}
