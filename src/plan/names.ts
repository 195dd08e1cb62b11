import { basename, dirname, join } from 'node:path';
import { camelCase, pascalCase } from '../sql/naming.js';

/** How the files of a folder are named, as the one that is replaced shows it. */
export interface Naming {
  folder: string;
  /** Before the number: `V`, `Migration`, or nothing. */
  prefix: string;
  /** The number of the file that is replaced, as written. */
  number: string;
  /** Between the number and the words; empty where there are no words. */
  separator: string;
  style: 'snake' | 'kebab' | 'camel' | 'pascal' | 'none';
  /** What follows the words: `.ts`, `.up.sql`. */
  suffix: string;
  /** Each migration is a folder with this file in it. */
  inner: string | null;
}

const SUFFIX = /(?:\.(?:up|down))?\.\w+$/;
const NAMED = /^([A-Za-z_]*?)(\d+(?:[._]\d+)*)(?:(__|[_.-])(.*))?$/;
const INNER = /^(?:migration|up|down)\.sql$/;

export function namingOf(path: string): Naming | null {
  const own = basename(path);
  const inner = INNER.test(own) ? own : null;
  const name = inner === null ? own : basename(dirname(path));
  const suffix = inner === null ? (SUFFIX.exec(name)?.[0] ?? '') : '';
  const match = NAMED.exec(name.slice(0, name.length - suffix.length));
  if (match === null) return null;
  const [, prefix = '', number = '', separator = '', words = ''] = match;
  return { folder: inner === null ? dirname(path) : dirname(dirname(path)), prefix, number, separator, style: styleOf(words), suffix, inner };
}

function styleOf(words: string): Naming['style'] {
  if (words === '') return 'none';
  if (words.includes('_')) return 'snake';
  if (words.includes('-')) return 'kebab';
  if (/^[A-Z]/.test(words)) return 'pascal';
  return /[A-Z]/.test(words) ? 'camel' : 'snake';
}

/** `Add total to orders!` as one word of a name. */
export function slug(words: string): string {
  return words.replace(/[^A-Za-z0-9]+/g, '_').replace(/^_|_$/g, '').toLowerCase();
}

function styled(words: string, style: Naming['style']): string {
  const snake = slug(words);
  switch (style) {
    case 'none':
      return '';
    case 'snake':
      return snake;
    case 'kebab':
      return snake.replaceAll('_', '-');
    case 'camel':
      return camelCase(snake);
    case 'pascal':
      return pascalCase(snake);
  }
}

export function pathOf(naming: Naming, number: string, words: string): string {
  const { folder, prefix, separator, style, suffix, inner } = naming;
  const name = `${prefix}${number}${style === 'none' ? '' : separator}${styled(words, style)}${suffix}`;
  return inner === null ? join(folder, name) : join(folder, name, inner);
}

/** The number `steps` places after another, in as many digits: a moment stays a moment, a version a version. */
export function numberAfter(number: string, steps: number): string {
  const moment = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)$/.exec(number);
  if (moment !== null) {
    const [year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0] = moment.slice(1).map(Number);
    return new Date(Date.UTC(year, month - 1, day, hour, minute, second + steps)).toISOString().replace(/\D/g, '').slice(0, 14);
  }
  const last = /\d+$/.exec(number)?.[0] ?? '0';
  return number.slice(0, number.length - last.length) + String(BigInt(last) + BigInt(steps)).padStart(last.length, '0');
}
