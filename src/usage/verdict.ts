import { dirname, isAbsolute, resolve } from 'node:path';
import { checkoutOf, defaultBranch, textsAt } from '../discover/git.js';
import { digest } from '../digest.js';
import type { Finding, Use } from '../finding.js';
import { withoutByteOrderMark } from '../lint.js';
import type { Source } from '../parsers/parser.js';
import { cachedUsages, omissionsKey } from './cache.js';
import { changedBetween, differenceFrom, commitOf, CommittedCode, WorkingTree, type Code } from './code.js';
import type { Concern } from './concern.js';
import { isSure, type Place } from './places.js';
import type { Reader } from './readers.js';
import { Search, type Usage } from './search.js';
import { soughtKey, type Sought } from './sought.js';

/** What the concerns of a run are looked up in. */
export interface Lookup {
  root: string;
  /** A ref, `worktree` or `none`; the default branch when absent. */
  deployed?: string;
  /** The files that the concerns are about, by path. */
  sources: ReadonlyMap<string, Source>;
}

/** The code of the deployed release, and its commit; the commit is null for the working tree. */
interface Release {
  top: string;
  /** Folders of migrations. */
  apart: readonly string[];
  code: Code;
  commit: string | null;
}

/**
 * Judges findings by what the deployed release uses of their tables and columns:
 * places where it does, or that nothing names them. Changes the findings, and
 * returns what the user should hear. Without git, or a branch to compare with,
 * everything stays as it is.
 */
export function settle(concerns: readonly Concern[], lookup: Lookup): string[] {
  const apart = migrationFolders(concerns);
  const found = releaseOf(lookup, apart);
  if (found === null || typeof found === 'string') return found === null ? [] : [found];
  const pending = concerns.filter(notDeployedYet(concerns, found, lookup));
  if (pending.length === 0) return [];
  const usages = usagesIn(pending, found);
  const leftover = lastUses(pending, usages, found);
  for (const concern of pending) {
    const usage = usages.get(keyOf(concern));
    if (usage !== undefined) amend(concern, usage, leftover, found);
  }
  return [];
}

/** What the answers of `settle` hang on: the commit that it asks, and how the disk differs; null where that has no name that stays. */
export function commitAsked(root: string, deployed: string | undefined): string | null {
  const found = releaseOf({ root, sources: new Map(), ...(deployed === undefined ? {} : { deployed }) });
  if (found === null) return 'none';
  if (typeof found === 'string' || found.commit === null) return null;
  const difference = differenceFrom(found.top, found.commit);
  return difference === null ? null : digest('sha256', `${found.commit}\0${difference}`);
}

/** Whatever a team calls the folder, what stands beside a migration is run once and read by no release. */
function migrationFolders(concerns: readonly Concern[]): string[] {
  const folders = concerns.map(({ finding: { path } }) => dirname(/(?:^|\/)(?:migration|up|down)\.sql$/.test(path) ? dirname(path) : path));
  // At the top of the checkout they stand among everything else.
  return [...new Set(folders)].filter((folder) => folder !== '.' && !isAbsolute(folder)).map((folder) => `${folder}/`);
}

function releaseOf({ root, deployed }: Lookup, apart: readonly string[] = []): Release | string | null {
  if (deployed === 'none') return null;
  const top = checkoutOf(root);
  if (top === null) return null;
  if (deployed === 'worktree') return { top, apart, code: new WorkingTree(top, apart), commit: null };
  const name = deployed ?? defaultBranch(top);
  const commit = name === null ? null : commitOf(top, name);
  if (name !== null && commit !== null) return { top, apart, code: new CommittedCode(top, name, commit, apart), commit };
  return deployed === undefined ? null : `git knows no "${deployed}", so what it uses was not looked up; in CI, fetch it first (fetch-depth: 0)`;
}

/** A migration that the deployed release holds as it is has been run: its code has moved on. */
function notDeployedYet(concerns: readonly Concern[], { top, commit }: Release, { root, sources }: Lookup): (concern: Concern) => boolean {
  if (commit === null) return () => true;
  const paths = [...new Set(concerns.map(({ finding }) => finding.path))];
  const texts = textsAt(top, commit, paths.map((path) => resolve(root, path)));
  const deployed = new Set(paths.filter((path) => sameText(texts.get(resolve(root, path)), sources.get(path)?.text)));
  return ({ finding }) => !deployed.has(finding.path);
}

function sameText(a: string | undefined, b: string | undefined): boolean {
  const plain = (text: string): string => withoutByteOrderMark(text).replaceAll('\r\n', '\n');
  return a !== undefined && b !== undefined && plain(a) === plain(b);
}

function keyOf({ stake, sought }: Concern): string {
  return stake === 'required' ? omissionsKey(sought) : soughtKey(sought);
}

function usagesIn(concerns: readonly Concern[], { top, apart, code, commit }: Release): Map<string, Usage> {
  const used = distinct(concerns.filter(({ stake }) => stake !== 'required'));
  const required = distinct(concerns.filter(({ stake }) => stake === 'required'));
  const search = (): Map<string, Usage> => {
    const reading = new Search(code);
    reading.prepare(used);
    return new Map([
      ...used.map((sought): [string, Usage] => [soughtKey(sought), reading.usageOf(sought)]),
      ...required.map((sought): [string, Usage] => [omissionsKey(sought), reading.omissionsOf(sought)]),
    ]);
  };
  return commit === null ? search() : cachedUsages([top, commit, ...apart], code.name, [...used.map(soughtKey), ...required.map(omissionsKey)], search);
}

function distinct(concerns: readonly Concern[]): Sought[] {
  return [...new Map(concerns.map(({ sought }) => [soughtKey(sought), sought])).values()];
}

/** What the release uses and the code on the disk does no more, by key: one change may not do both. */
function lastUses(concerns: readonly Concern[], usages: ReadonlyMap<string, Usage>, { top, apart, commit }: Release): ReadonlySet<string> {
  if (commit === null) return new Set();
  const used = distinct(concerns.filter((concern) => concern.stake === 'gone' && (usages.get(keyOf(concern))?.places ?? []).some(isSure)));
  // Where nothing changed, the uses are still there.
  const paths = used.flatMap((sought) => (usages.get(soughtKey(sought))?.places ?? []).filter(isSure).map(({ path }) => path));
  const changed = new Set(paths.length === 0 ? [] : changedBetween(top, commit, [...new Set(paths)]));
  const touched = used.filter((sought) => (usages.get(soughtKey(sought))?.places ?? []).some((place) => isSure(place) && changed.has(place.path)));
  if (touched.length === 0) return new Set();
  const search = new Search(new WorkingTree(top, apart));
  search.prepare(touched);
  return new Set(touched.filter((sought) => !search.usageOf(sought).places.some(isSure)).map(soughtKey));
}

function amend(concern: Concern, usage: Usage, lastUsed: ReadonlySet<string>, { code }: Release): void {
  const { finding, stake, sought, readers, fixed } = concern;
  const sure = usage.places.filter(isSure);
  const uses = [...readers.flatMap((reader) => placeOf(reader, code)), ...usage.places];
  if (uses.length > 0) finding.uses = uses;
  const said = sayings(concern, usage, sure, lastUsed.has(soughtKey(sought)));
  if (said !== null) finding.message = `${finding.message.replace(/\.$/, '')}; ${said}.`;
  if (stake !== 'gone' || fixed) return;
  if (sure.length + readers.length > 0) finding.severity = 'error';
  else if (isUnused(concern, usage)) finding.severity = 'info';
}

function isUnused({ readers }: Concern, { places, conclusive }: Usage): boolean {
  return conclusive && places.length === 0 && readers.length === 0;
}

/** What to add to the message; null where nothing is certain enough to say. */
function sayings(concern: Concern, usage: Usage, sure: readonly Place[], lastUse: boolean): string | null {
  const { stake, readers, finding } = concern;
  const { code } = usage;
  if (stake === 'required') return sure.length === 0 ? null : `${code} writes rows without it ${at(sure)}`;
  const database = readers.length === 0 ? null : `${listed(readers.map(({ kind, name }) => `${kind} "${name}"`))} ${readers.length === 1 ? 'uses' : 'use'} it`;
  if (sure.length === 0) {
    if (database !== null) return database;
    return stake === 'gone' && isUnused(concern, usage) ? `nothing in ${code} names it` : null;
  }
  const used = `${code} uses it ${at(sure)}`;
  const split = lastUse && isDrop(finding) ? ', which this change removes as well: deploy that first, and drop in a later release' : '';
  return `${database === null ? used : `${database}, and ${used}`}${split}`;
}

function isDrop({ operation }: Finding): boolean {
  return operation === 'dropColumn' || operation === 'dropTable';
}

/** `at src/order.ts:6 and 2 more places`. */
function at(places: readonly Place[]): string {
  const [first, ...rest] = places as [Place, ...Place[]];
  const more = rest.length === 0 ? '' : ` and ${rest.length} more ${rest.length === 1 ? 'place' : 'places'}`;
  return `at ${first.path}:${first.line}${more}`;
}

function listed(names: readonly string[]): string {
  const shown = names.slice(0, 3);
  const last = names.length > 3 ? `${names.length - 3} more` : shown.pop();
  return shown.length === 0 ? (last ?? '') : `${shown.join(', ')} and ${last ?? ''}`;
}

/** Where a view or function is made, as far as the code holds it. */
function placeOf({ kind, name }: Reader, code: Code): Use[] {
  const word = (name.split('.').at(-1) ?? name).replace(/[^\w]/g, '.');
  const what = kind === 'view' ? 'view' : '(function|procedure)';
  const made = code.lineMatching(`create( or replace)?( materialized| recursive)? ${what}( if not exists)? [^(]*\\b${word}\\b`);
  return made === null ? [] : [{ ...made, kind, certainty: 'certain' }];
}
