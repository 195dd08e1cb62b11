import { dirname, join } from 'node:path';
import { filesNamed, type Facts } from '../facts.js';
import { splice } from '../json.js';
import { append, insertAfter, removeFirst, removeLines } from '../lines.js';
import type { Place } from '../place.js';

const EFFECT = 'Alembic lints every revision that it generates';

function hookLines([executable = '', ...rest]: readonly string[]): string[] {
  return [
    'migration_guard.type = exec',
    `migration_guard.executable = ${executable}`,
    `migration_guard.options = ${rest.join(' ')} REVISION_SCRIPT_FILENAME`,
  ];
}

/** For versions that run nothing but console scripts and what env.py registers. */
const OLD_HOOK = ['migration_guard.type = migration_guard'];
const ENVIRONMENT = 'revision_environment = true';

interface Section {
  /** Offset of the header. */
  start: number;
  text: string;
}

function sectionOf(ini: string, name: string): Section | null {
  const header = new RegExp(`^\\[${name}\\][^\\n]*$`, 'm').exec(ini);
  if (header === null) return null;
  const rest = ini.slice(header.index + 1);
  const next = /^\[/m.exec(rest);
  return { start: header.index, text: ini.slice(header.index, next === null ? undefined : header.index + 1 + next.index) };
}

/** A key with its value up to the end of the line. */
function keyOf({ start, text }: Section, key: string): { end: number; value: string } | null {
  const found = new RegExp(`^${key}[ \\t]*[=:]([^\\r\\n]*)`, 'm').exec(text);
  return found === null ? null : { end: start + found.index + found[0].length, value: found[1] ?? '' };
}

/** In another order than in a section that was there, to be told from it. */
function wholeSection(lines: readonly string[]): string[] {
  return ['', '[post_write_hooks]', ...lines, 'hooks = migration_guard'];
}

function withHook(ini: string, lines: readonly string[]): string {
  const section = sectionOf(ini, 'post_write_hooks');
  if (section === null) return append(ini, wholeSection(lines));
  if (/^[^#;\n]*migration_guard/m.test(section.text)) return ini;
  const hooks = keyOf(section, 'hooks');
  if (hooks === null) return insertAfter(ini, section.start, ['hooks = migration_guard', ...lines]);
  // Two spaces tell it from a line that is ours as a whole.
  const separator = hooks.value.trim() === '' ? '  ' : ', ';
  return insertAfter(splice(ini, hooks.end, `${separator}migration_guard`), hooks.end, lines);
}

function withoutHook(ini: string, lines: readonly string[]): string {
  const alone = ['hooks = migration_guard', ...lines];
  const whole = removeFirst(ini, [wholeSection(lines), alone]);
  if (whole !== ini) return whole;
  const rest = removeLines(ini, lines);
  return rest === null ? ini : rest.replace(/^(hooks[ \t]*[=:][^\r\n]*?)(?:, | {2})migration_guard/m, '$1');
}

function withEnvironment(ini: string): string | null {
  const section = sectionOf(ini, 'alembic');
  if (section === null) return null;
  const key = keyOf(section, 'revision_environment');
  if (key === null) return insertAfter(ini, section.start, [ENVIRONMENT]);
  return key.value.trim() === 'true' ? ini : null;
}

function iniPlace(facts: Facts, path: string, old: boolean): Place {
  const lines = old ? OLD_HOOK : hookLines(facts.runner(path));
  const block = ['[post_write_hooks]', 'hooks = migration_guard', ...lines];
  return {
    id: 'alembic',
    effect: EFFECT,
    path,
    add: (text) => {
      if (text === null) return null;
      const hooked = withHook(text, lines);
      return old && hooked !== text ? withEnvironment(hooked) : hooked;
    },
    remove: (text) => {
      const without = withoutHook(text, lines);
      return old && without !== text ? (removeLines(without, [ENVIRONMENT]) ?? without) : without;
    },
    byHand: [...(old ? ['[alembic]', ENVIRONMENT, ''] : []), ...block].join('\n'),
  };
}

const TOML_TABLE = '[[tool.alembic.post_write_hooks]]';

function tomlPlace(facts: Facts, path: string): Place {
  const [executable, ...rest] = facts.runner(path);
  const lines = ['', TOML_TABLE, 'name = "migration_guard"', 'type = "exec"', `executable = "${executable}"`, `options = "${rest.join(' ')} REVISION_SCRIPT_FILENAME"`];
  return {
    id: 'alembic',
    effect: EFFECT,
    path,
    add: (text) => {
      if (text === null || /^\s*post_write_hooks\s*=/m.test(text)) return null;
      return /^name\s*=\s*["']migration_guard["']/m.test(text) ? text : append(text, lines);
    },
    remove: (text) => removeLines(text, lines) ?? text,
    byHand: lines.slice(1).join('\n'),
  };
}

const REGISTERED = [
  '',
  'import subprocess',
  'from alembic.script import write_hooks',
  '',
  '',
  '@write_hooks.register("migration_guard")',
  'def _migration_guard(filename, options):',
];

function environmentPlace(facts: Facts, path: string): Place {
  const words = facts.runner(path).map((word) => `"${word}"`).join(', ');
  const lines = [...REGISTERED, `    subprocess.run([${words}, filename], check=False)`, ''];
  return {
    id: 'alembic',
    effect: `${EFFECT}, through env.py: this version runs no other commands`,
    path,
    add: (text) => {
      if (text === null) return null;
      if (text.includes('@write_hooks.register("migration_guard")')) return text;
      const imports = /^from alembic import [^(\r\n]+(?:\r?\n(?:(?:import|from)[^(\r\n]*|[ \t]*)(?=\r?\n(?:[ \t]*\r?\n)*(?:import|from) |\r?\n))*/m.exec(text);
      if (imports === null) return null;
      return insertAfter(text, imports.index + imports[0].trimEnd().length, lines);
    },
    remove: (text) => removeLines(text, lines) ?? text,
    byHand: lines.join('\n').trim(),
  };
}

/** The version of Alembic that a project has, or at least will have: `1.8.1`; null when nothing says. */
function versionOf(facts: Facts, folder: string): [number, number] | null {
  const patterns = [/^alembic\s*(?:==|~=|<=?)\s*(\d+)\.(\d+)/im, /name = "alembic"\s+version = "(\d+)\.(\d+)/, /"alembic": \{[^}]*"version": "==(\d+)\.(\d+)/];
  const locks = filesNamed(facts, /^(?:requirements.*\.txt|poetry\.lock|uv\.lock|pdm\.lock|Pipfile\.lock)$/).filter((path) => {
    const own = dirname(path);
    return own === '.' || folder === own || folder.startsWith(`${own}/`) || own.startsWith(`${folder}/`);
  });
  for (const path of locks.reverse()) {
    const text = facts.read(path) ?? '';
    for (const pattern of patterns) {
      const [, major, minor] = pattern.exec(text) ?? [];
      if (major !== undefined) return [Number(major), Number(minor)];
    }
  }
  return null;
}

/** The script location of an ini file, from the root of the project. */
function environmentOf(facts: Facts, ini: string): string | null {
  const location = /^script_location\s*=\s*(\S.*?)\s*$/m.exec(facts.read(ini) ?? '')?.[1];
  if (location === undefined || location.includes(':') || location.startsWith('/')) return null;
  const path = join(dirname(ini), location.replace(/^%\(here\)s\//, ''), 'env.py').split('\\').join('/');
  return !path.startsWith('..') && facts.has(path) ? path : null;
}

function placesFor(facts: Facts, path: string): Place[] {
  const version = versionOf(facts, dirname(path));
  const old = version !== null && (version[0] < 1 || (version[0] === 1 && version[1] < 12));
  const environment = old ? environmentOf(facts, path) : null;
  return [iniPlace(facts, path, old), ...(environment === null ? [] : [environmentPlace(facts, environment)])];
}

export function alembicPlaces(facts: Facts): Place[] {
  const inis = filesNamed(facts, /^alembic\.ini$/);
  const tomls = filesNamed(facts, /^pyproject\.toml$/).filter((path) => /^\[tool\.alembic\]/m.test(facts.read(path) ?? ''));
  // A section in the ini file stands above the table in pyproject.toml.
  const byToml = tomls.filter((path) => {
    const ini = facts.read(join(dirname(path), 'alembic.ini'));
    return ini === null || sectionOf(ini, 'post_write_hooks') === null;
  });
  const folders = new Set(byToml.map(dirname));
  return [...inis.filter((path) => !folders.has(dirname(path))).flatMap((path) => placesFor(facts, path)), ...byToml.map((path) => tomlPlace(facts, path))];
}
