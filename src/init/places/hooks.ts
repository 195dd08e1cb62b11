import { FETCHED, type Facts } from '../facts.js';
import { addProperty, nodeAt, removeProperty, splice, treeOf, valueAt } from '../json.js';
import { append, indented, removeFirst, removeLines } from '../lines.js';
import type { Place } from '../place.js';
import { VERSION } from '../../version.js';
import { blockMap, blockSeq, documentOf, indentOf, insertItem } from '../yaml.js';

const EFFECT = 'every commit is linted as it is staged; silent without migrations';

/** What of a path git, pre-commit and lint-staged take for a migration. */
const FILES = '(^|/)([\\w-]*migrations?|migrate|versions|drizzle)/.*\\.(sql|py|[cm]?[jt]s)$';
const GLOB = '**/{migrations,migration,migrate,versions,drizzle}/**/*.{sql,py,ts,mts,cts,js,mjs,cjs}';

export function hookCommand(facts: Facts): string {
  return `${facts.runner('.').join(' ')} --staged`;
}

function preCommitLines(facts: Facts, version = VERSION): string[] {
  const runner = facts.runner('.');
  return [
    '- repo: local',
    '  hooks:',
    '    - id: migration-guard',
    '      name: migration-guard',
    ...(runner === FETCHED
      ? ['      language: node', '      entry: migration-guard', `      additional_dependencies: ['migration-guard@${version}']`]
      : ['      language: system', `      entry: ${runner.join(' ')}`]),
    `      files: '${FILES}'`,
    '      require_serial: true',
    '      verbose: true',
  ];
}

function preCommitPlace(facts: Facts): Place {
  const lines = preCommitLines(facts);
  return {
    id: 'pre-commit',
    effect: 'pre-commit lints the migrations of every commit',
    path: '.pre-commit-config.yaml',
    add: (text) => {
      const repositories = text === null ? null : blockSeq(documentOf(text)?.get('repos'));
      if (text === null || repositories === null) return null;
      return /^\s*-?\s*id:\s*['"]?migration-guard\b/m.test(text) ? text : insertItem(text, repositories, lines);
    },
    // The one that wrote it may have been an older one.
    remove: (text) => removeLines(text, preCommitLines(facts, /'migration-guard@([^']+)'/.exec(text)?.[1])) ?? text,
    byHand: ['repos:', ...indented(lines, '  ')].join('\n'),
  };
}

function huskyPlace(facts: Facts): Place {
  const command = hookCommand(facts);
  return {
    id: 'husky',
    effect: EFFECT,
    path: '.husky/pre-commit',
    add: (text) => {
      if (text === null) return `${command}\n`;
      return /^[^#\n]*\bmigration-guard\b/m.test(text) ? text : append(text, [command]);
    },
    remove: (text) => (text === `${command}\n` ? null : (removeLines(text, [command]) ?? text)),
    byHand: command,
  };
}

const LEFTHOOK = ['lefthook.yml', '.lefthook.yml', 'lefthook.yaml', '.lefthook.yaml', '.config/lefthook.yml', '.config/lefthook.yaml'];

function lefthookPlace(facts: Facts, path: string): Place {
  const run = `run: ${hookCommand(facts)}`;
  const command = ['migration-guard:', `  ${run}`];
  const job = ['- name: migration-guard', `  ${run}`];
  const commands = ['commands:', ...indented(command, '  ')];
  const hook = ['', 'pre-commit:', ...indented(commands, '  ')];
  return {
    id: 'lefthook',
    effect: EFFECT,
    path,
    add: (text) => {
      const document = text === null ? null : documentOf(text);
      if (text === null || document === null) return null;
      if (/^[^#\n]*\bmigration-guard\b/m.test(text)) return text;
      if (!document.has('pre-commit')) return append(text, hook);
      const own = blockMap(document.get('pre-commit'));
      if (own === null) return null;
      if (own.has('commands')) return within(text, blockMap(own.get('commands')), command);
      if (own.has('jobs')) return within(text, blockSeq(own.get('jobs')), job);
      return insertItem(text, own, commands);
    },
    remove: (text) => removeFirst(text, [hook, commands, job, command]),
    byHand: hook.slice(1).join('\n'),
    then: 'lefthook install',
  };
}

function within(text: string, collection: Parameters<typeof insertItem>[1] | null, lines: readonly string[]): string | null {
  return collection === null || indentOf(collection, text) === null ? null : insertItem(text, collection, lines);
}

/** A property of an object that may stand deeper in a JSON file, made where it is not. */
function withProperty(text: string, path: readonly string[], key: string, value: string): string | null {
  const tree = treeOf(text);
  const object = path.length === 0 ? tree : nodeAt(tree, ...path);
  if (object?.type === 'object') return addProperty(text, object, key, value);
  return object === undefined && tree !== undefined && path.length === 1 && path[0] !== undefined
    ? addProperty(text, tree, path[0], `{ ${JSON.stringify(key)}: ${value} }`)
    : null;
}

/** Without a property that `withProperty` added, and without the object that it was all of. */
function withoutProperty(text: string, path: readonly string[], key: string, value: string): string {
  const property = nodeAt(treeOf(text), ...path, key)?.parent;
  if (property === undefined) return text;
  const object = property.parent;
  const whole = object?.parent;
  const made = `{ ${JSON.stringify(key)}: ${value} }`;
  const ours = object !== undefined && text.slice(object.offset, object.offset + object.length) === made;
  return removeProperty(text, ours && whole?.type === 'property' ? whole : property);
}

function simpleGitHooksPlace(facts: Facts, path: string): Place {
  const command = hookCommand(facts);
  const parents = path === 'package.json' ? ['simple-git-hooks'] : [];
  const value = JSON.stringify(command);
  return {
    id: 'simple-git-hooks',
    effect: EFFECT,
    path,
    add: (text) => {
      const hook = text === null ? undefined : nodeAt(treeOf(text), ...parents, 'pre-commit');
      if (text === null) return null;
      if (hook === undefined) return withProperty(text, parents, 'pre-commit', value);
      if (hook.type !== 'string') return null;
      return String(hook.value).includes('migration-guard') ? text : splice(text, hook.offset + hook.length - 1, ` && ${command}`);
    },
    remove: (text) => {
      const given = valueAt(text, ...parents, 'pre-commit');
      if (given === command) return withoutProperty(text, parents, 'pre-commit', value);
      return text.replace(` && ${command}`, '');
    },
    byHand: JSON.stringify({ 'simple-git-hooks': { 'pre-commit': command } }),
    then: `${facts.runner('.').slice(0, -1).join(' ')} simple-git-hooks`,
  };
}

function lintStagedPlace(path: string): Place {
  const parents = path === 'package.json' ? ['lint-staged'] : [];
  return {
    id: 'lint-staged',
    effect: 'lint-staged lints the migrations of every commit; call it with --verbose, or what passes is hidden',
    path,
    add: (text) => {
      if (text === null) return null;
      return text.includes('"migration-guard"') && valueAt(text, ...parents, GLOB) !== undefined ? text : withProperty(text, parents, GLOB, '"migration-guard"');
    },
    remove: (text) => (valueAt(text, ...parents, GLOB) === 'migration-guard' ? withoutProperty(text, parents, GLOB, '"migration-guard"') : text),
    byHand: `'${GLOB}': 'migration-guard'`,
  };
}

function lintStagedPlaces(facts: Facts): Place[] {
  const paths = ['.lintstagedrc.json', '.lintstagedrc'].filter((path) => treeOf(facts.read(path) ?? '') !== undefined);
  if (valueAt(facts.read('package.json') ?? '', 'lint-staged') !== undefined) paths.push('package.json');
  return paths.slice(0, 1).map(lintStagedPlace);
}

/** Every hook manager that the project has; lint-staged only where nothing else calls it. */
export function hookPlaces(facts: Facts): Place[] {
  const places: Place[] = [];
  if (facts.has('.pre-commit-config.yaml')) places.push(preCommitPlace(facts));
  if (facts.has('.husky') || facts.dependsOn('husky')) places.push(huskyPlace(facts));
  const lefthook = LEFTHOOK.find(facts.has);
  if (lefthook !== undefined) places.push(lefthookPlace(facts, lefthook));
  const own = ['.simple-git-hooks.json', 'simple-git-hooks.json'].find(facts.has);
  const manifest = facts.dependsOn('simple-git-hooks') || valueAt(facts.read('package.json') ?? '', 'simple-git-hooks') !== undefined;
  if (own !== undefined || manifest) places.push(simpleGitHooksPlace(facts, own ?? 'package.json'));
  return places.length === 0 ? lintStagedPlaces(facts) : places;
}
