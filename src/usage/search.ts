import type { ApplicationFacts } from '../parsers/application.js';
import { languageOf } from '../parsers/load.js';
import { mayReachDatabase, type Code, type CodeFile } from './code.js';
import { DECLARES_MODEL, factsOf, Models, type PlacedModel } from './models.js';
import { hitsIn, insertsWithout, sameName, type Certainty, type Hit, type Place } from './places.js';
import { soughtKey, spellingsOf, wordPattern, type Sought, type Spellings } from './sought.js';

/** Where deployed code uses one table or column, surest first. */
export interface Usage {
  /** `origin/main`. */
  code: string;
  places: Place[];
  /**
   * Whether no place means no use: the code speaks to a database, and languages
   * that are not parsed hold none of the words.
   */
  conclusive: boolean;
}

/** Lines between a column's word and its table's that make the one belong to the other. */
const NEAR = 12;

/** More words beside words than this prove nothing more. */
const WORDS = 5;

const SURENESS: Readonly<Record<Certainty, number>> = { certain: 0, likely: 1, perhaps: 2 };

/** Finds where code uses each of the tables and columns sought. */
export function usagesOf(sought: readonly Sought[], code: Code): Map<string, Usage> {
  const search = new Search(code);
  search.prepare(sought);
  return new Map(sought.map((one) => [soughtKey(one), search.usageOf(one)]));
}

/** One search of one state of the code; what is read once answers every question. */
export class Search {
  private readonly facts = new Map<string, ApplicationFacts>();
  private readonly starts = new Map<string, number[]>();
  private readonly models: Models;
  private files: readonly CodeFile[] = [];

  constructor(private readonly code: Code) {
    const placed = code.filesMatching(DECLARES_MODEL).flatMap((file): PlacedModel[] => this.factsOf(file).models.map((model) => ({ model, file })));
    this.models = new Models(placed);
  }

  /** One reading of the files for everything sought. */
  prepare(sought: readonly Sought[]): void {
    this.files = this.code.filesWith([...new Set(sought.flatMap((one) => wordsOf(one)))]);
  }

  usageOf(sought: Sought): Usage {
    const found = new Found();
    const models = this.models.of(sought.table);
    const declared = this.modelHits(models, sought);
    for (const { file, hit } of declared) found.keep(file, this.lineAt(file, hit.offset), hit);
    // A model lists every column: a word elsewhere is another's, and no query by the model can mean a column it lacks.
    const told = models.some(({ model }) => model.columns.length > 0);
    const entities = new Set(told && declared.length === 0 ? [] : models.map(({ model }) => model.entity));
    const spellings = spellingsOf(sought);
    const relevant = mayUse(sought, entities);
    const word = wordPattern(wordsOf(sought));
    let conclusive = this.speaks;
    for (const file of this.files) {
      if (file.text.search(word) < 0) continue;
      const foreign = !isParsed(file.path);
      if (foreign) conclusive = false;
      const hits = relevant.test(file.text) ? hitsIn(this.factsOf(file), sought, entities, spellings.column) : [];
      if ((foreign || !told) && mayReachDatabase(file.path)) hits.push(...this.wordHits(file, sought, spellings));
      for (const hit of hits) found.keep(file, this.lineAt(file, hit.offset), hit);
    }
    return { code: this.code.name, places: found.places(), conclusive };
  }

  /** Whether the code names tables at all: where it lives elsewhere, finding nothing proves nothing. */
  private get speaks(): boolean {
    return (this.speaking ??= this.models.some() || this.code.hasLine(SENDS_SQL));
  }

  private speaking: boolean | undefined;

  /**
   * Places that write rows of a table without a column: statements that list
   * their columns, and models that do not know it.
   */
  omissionsOf({ table, column }: Sought): Usage {
    const found = new Found();
    for (const placed of this.models.of(table)) {
      const columns = this.models.columnsOf(placed);
      if (columns.length === 0 || columns.some((one) => one.column.names.some((name) => sameName(name, column ?? '')))) continue;
      found.keep(placed.file, this.lineAt(placed.file, placed.model.span.start), { offset: placed.model.span.start, kind: 'model', certainty: 'likely' });
    }
    for (const file of this.code.filesWith([table])) {
      if (!/\binsert\b/i.test(file.text)) continue;
      for (const hit of insertsWithout(this.factsOf(file), { table, column })) found.keep(file, this.lineAt(file, hit.offset), hit);
    }
    return { code: this.code.name, places: found.places(), conclusive: false };
  }

  private modelHits(models: readonly PlacedModel[], { column }: Sought): { file: CodeFile; hit: Hit }[] {
    return models.flatMap((placed) => {
      const { model, file } = placed;
      if (column === null) return [{ file, hit: { offset: model.span.start, kind: 'model' as const, certainty: model.named ? ('certain' as const) : ('likely' as const) } }];
      return this.models
        .columnsOf(placed)
        .filter((one) => one.column.names.some((name) => sameName(name, column)))
        .map((one) => {
          const sure = model.named && one.column.names.length === 1 && !one.inherited;
          return { file: one.file, hit: { offset: one.column.span.start, kind: 'model' as const, certainty: sure ? ('certain' as const) : ('likely' as const) } };
        });
    });
  }

  /** The column's word near its table's. A table's own word proves nothing by itself: only a quoted one is a name. */
  private wordHits(file: CodeFile, { table, column }: Sought, spellings: Spellings): Hit[] {
    const { text } = file;
    if (column === null) return [...text.matchAll(quoted(table))].map((match) => ({ offset: match.index, kind: 'word', certainty: 'perhaps' }));
    const lines = [...text.matchAll(wordPattern(spellings.table))].map((match) => this.lineAt(file, match.index));
    if (lines.length === 0) return [];
    // A relation's own word (`user`) says nothing of its key.
    const own = spellings.column.filter((name) => sameName(name.replaceAll('_', ''), column.replaceAll('_', '')));
    return [...text.matchAll(wordPattern(own))]
      .filter((match) => lines.some((line) => Math.abs(line - this.lineAt(file, match.index)) <= NEAR))
      .map((match) => ({ offset: match.index, kind: 'word', certainty: 'perhaps' }));
  }

  private factsOf(file: CodeFile): ApplicationFacts {
    let facts = this.facts.get(file.path);
    if (facts === undefined) this.facts.set(file.path, (facts = factsOf(file)));
    return facts;
  }

  private lineAt({ path, text }: CodeFile, offset: number): number {
    let starts = this.starts.get(path);
    if (starts === undefined) this.starts.set(path, (starts = lineStarts(text)));
    let low = 0;
    let high = starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((starts[middle] as number) <= offset) low = middle;
      else high = middle - 1;
    }
    return low + 1;
  }
}

/** The places found for one thing, the surest of each line. */
class Found {
  private readonly byLine = new Map<string, Place>();

  keep({ path }: CodeFile, line: number, { kind, certainty }: Hit): void {
    const key = `${path}:${line}`;
    const before = this.byLine.get(key);
    if (before === undefined || SURENESS[certainty] < SURENESS[before.certainty]) this.byLine.set(key, { path, line, kind, certainty });
  }

  places(): Place[] {
    const sorted = [...this.byLine.values()].sort(
      (a, b) => SURENESS[a.certainty] - SURENESS[b.certainty] || (a.path < b.path ? -1 : a.path > b.path ? 1 : a.line - b.line),
    );
    const sure = sorted.filter(({ certainty }) => certainty !== 'perhaps').length;
    return sorted.slice(0, sure + WORDS);
  }
}

/** What a line of SQL in code looks like, as an extended regular expression of git. */
const SENDS_SQL = [
  '(insert into|delete from|select .* from|update [^ ]+ set) +["`a-z_]',
  '^ *(from|join) +[a-z_."]+( +[a-z]+)?[ ,;`\'"]*$',
  '\\b(knex|from|table|into|withSchema)\\([\'"`][a-z_.]+[\'"`]\\)',
].join('|');

function isParsed(path: string): boolean {
  return path.endsWith('.prisma') || languageOf(path) !== null;
}

/** A column can only be used where its own name stands. */
function wordsOf(sought: Sought): readonly string[] {
  const { column, table } = spellingsOf(sought);
  return sought.column === null ? table : column;
}

function escaped(text: string): string {
  return text.replace(/[^\w]/g, '\\$&');
}

function quoted(name: string): RegExp {
  return new RegExp(`(['"\`])${escaped(name)}\\1`, 'g');
}

/** Files that can hold a statement on the table: they name it where a table stands, or one of its models. */
function mayUse({ table }: Sought, entities: ReadonlySet<string>): RegExp {
  const models = [...entities].filter((entity) => entity !== '').map((entity) => `(?<![\\w$])${escaped(entity)}(?![\\w$])`);
  const name = escaped(table);
  const inSql = `\\b(?:from|join|into|update|table|using|only)\\s+(?:"?\\w+"?\\.)?"?${name}\\b`;
  const asString = `['"\`](?:\\w+\\.)?${name}(?:\\s+(?:as\\s+)?\\w+)?['"\`]`;
  return new RegExp([inSql, asString, ...models].join('|'), 'i');
}

function lineStarts(text: string): number[] {
  const starts = [0];
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return starts;
}
