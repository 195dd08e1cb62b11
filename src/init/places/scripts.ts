import { filesNamed, type Facts } from '../facts.js';
import { nodeAt, treeOf } from '../json.js';
import type { Place } from '../place.js';
import { wrapCommands, type GeneratorOptions } from '../shell.js';

const EFFECT = 'the command that makes a migration lints it too';
const PREFIX = 'run -- ';

/** Strings of `scripts`: where their text begins, as it stands in the file. */
function scriptTexts(manifest: string): { name: string; start: number; text: string }[] {
  const scripts = nodeAt(treeOf(manifest), 'scripts')?.children ?? [];
  return scripts.flatMap(({ children: [key, value] = [] }) =>
    value?.type === 'string' ? [{ name: String(key?.value), start: value.offset + 1, text: manifest.slice(value.offset + 1, value.offset + value.length - 1) }] : [],
  );
}

function manifestPlace(path: string, options: GeneratorOptions): Place {
  const prefix = `migration-guard ${PREFIX}`;
  return {
    id: 'scripts',
    effect: EFFECT,
    path,
    add: (text) => {
      if (text === null) return null;
      const scripts = scriptTexts(text);
      const linted = new Set(scripts.filter((script) => script.text.includes('migration-guard')).map(({ name }) => name.replace(/^post/, '')));
      return scripts.reverse().reduce((edited, script) => {
        if (linted.has(script.name)) return edited;
        return edited.slice(0, script.start) + wrapCommands(script.text, prefix, options) + edited.slice(script.start + script.text.length);
      }, text);
    },
    remove: (text) =>
      scriptTexts(text)
        .reverse()
        .reduce((edited, script) => edited.slice(0, script.start) + script.text.replaceAll(prefix, '') + edited.slice(script.start + script.text.length), text),
    byHand: '',
  };
}

function recipePlace(facts: Facts, path: string, options: GeneratorOptions): Place {
  const prefix = `${facts.runner(path).join(' ')} ${PREFIX}`;
  return {
    id: 'recipes',
    effect: EFFECT,
    path,
    // What is not indented defines a recipe or a variable; only recipes run.
    add: (text) => text && text.split('\n').map((line) => (/^[ \t]/.test(line) ? wrapCommands(line, prefix, options) : line)).join('\n'),
    remove: (text) => text.replaceAll(prefix, ''),
    byHand: '',
  };
}

/** Scripts and recipes that generate. With `alembic`, its own commands are among them. */
export function scriptPlaces(facts: Facts, options: GeneratorOptions): Place[] {
  return [
    ...filesNamed(facts, /^package\.json$/).map((path) => manifestPlace(path, options)),
    ...filesNamed(facts, /^(?:GNUmakefile|[Mm]akefile|.*\.mk|\.?[Jj]ustfile)$/).map((path) => recipePlace(facts, path, options)),
  ];
}

