import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Rule } from '../src/rule.js';

const LANGUAGES: Readonly<Record<string, string>> = { sql: 'sql', py: 'python', ts: 'ts', js: 'js' };
const FRAMEWORKS: Readonly<Record<string, string>> = { alembic: 'Alembic', typeorm: 'TypeORM', knex: 'Knex', sequelize: 'Sequelize' };

/** The page of one rule: its meta, and the fixtures by which it is tested. */
export function page({ meta }: Rule, folder: string): string {
  const read = (file: string): string => readFileSync(join(folder, file), 'utf8').trimEnd();
  const files = existsSync(folder) ? readdirSync(folder).sort() : [];
  const parts = [
    `# ${meta.id}`,
    `\`${meta.severity}\` · ${meta.category} · ${presets(meta.presets)} · since ${meta.since}`,
    `${meta.trigger}.`,
    '## Why',
    `${meta.effect}.`,
    '## What to do',
    `${meta.remedy}.`,
  ];
  parts.push(...examples(files, read), ...suppression(meta.id));
  if ((meta.covers ?? []).length > 0) {
    const covered = (meta.covers ?? []).map((id) => `[${id}](${id}.md)`).join(', ');
    parts.push('## Related', `Where this rule speaks, these stay silent: ${covered}.`);
  }
  parts.push('## PostgreSQL manual', meta.references.map((url) => `- <${url}>`).join('\n'));
  return `${parts.join('\n\n')}\n`;
}

/** The fixtures: what is flagged, what is printed, what is not flagged. */
function examples(files: readonly string[], read: (file: string) => string): string[] {
  const parts: string[] = [];
  if (files.includes('bad.sql')) parts.push('## Example', fence('sql', read('bad.sql')));
  if (files.includes('bad.sql.out')) parts.push('What is printed:', fence('text', read('bad.sql.out')));
  for (const file of files) {
    const match = /^bad\.([a-z-]+)\.(py|ts|js)$/.exec(file);
    if (match === null) continue;
    const [, framework = '', extension = ''] = match;
    parts.push(`The same in ${FRAMEWORKS[framework] ?? framework}:`, fence(LANGUAGES[extension] ?? extension, read(file)));
  }
  if (files.includes('good.sql')) parts.push('## Instead', fence('sql', read('good.sql')));
  const escapes = files.filter((file) => /^good-.+\.sql$/.test(file));
  if (escapes.length > 0) parts.push('## Not flagged');
  for (const file of escapes) parts.push(`${caption(file)}:`, fence('sql', read(file)));
  return parts;
}

function suppression(id: string): string[] {
  return [
    '## Suppress',
    'When it is right all the same, say why:',
    fence('sql', `-- migration-guard-disable-next-line ${id} -- the reason`),
    'In the configuration, for the whole project:',
    fence('json', `{ "rules": { "${id}": "off" } }`),
  ];
}

function presets(names: readonly string[]): string {
  const [first] = names;
  return first === undefined ? 'off unless switched on' : `in preset ${first}`;
}

/** A block of a language in Markdown. */
export function fence(language: string, text: string): string {
  return `\`\`\`${language}\n${text}\n\`\`\``;
}

/** `good-new-table.sql` reads as `New table`. */
function caption(file: string): string {
  const words = file.slice('good-'.length, -'.sql'.length).replaceAll('-', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}
