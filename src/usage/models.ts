import { NO_FACTS, type ApplicationFacts, type Model, type ModelColumn } from '../parsers/application.js';
import { applicationFacts, languageOf } from '../parsers/load.js';
import type { CodeFile } from './code.js';
import { prismaFacts } from './prisma.js';

/** What a file has to hold to declare a model or a base of one, as an extended regular expression of git. */
export const DECLARES_MODEL = [
  '@(Entity|Table|Column|Property|PrimaryKey|PrimaryColumn|CreateDateColumn)\\b',
  '__tablename__|mapped_column|models\\.Model|table *= *True|\\bColumn\\(|models\\.\\w+Field\\(',
  '\\b[A-Za-z]*[tT]able\\( *[\'"`]|\\b[A-Za-z]*[tT]able\\($|EntitySchema|defineEntity',
  '\\btableName\\b|\\.init\\(|\\.define\\(|interface \\w*(Database|Tables|DB)\\b',
  '^ *model +\\w+ *\\{',
].join('|');

/** What a file of the application says about tables. */
export function factsOf({ path, text }: CodeFile): ApplicationFacts {
  if (path.endsWith('.prisma')) return prismaFacts(text);
  if (path.endsWith('.sql')) return { ...NO_FACTS, sql: [{ text, span: { start: 0, end: text.length } }] };
  const language = languageOf(path);
  return language === null ? NO_FACTS : applicationFacts(language, { path, text });
}

/** A model and the file it stands in. */
export interface PlacedModel {
  model: Model;
  file: CodeFile;
}

/** A column of a model, its own or one of a class it extends. */
export interface PlacedColumn {
  column: ModelColumn;
  file: CodeFile;
  inherited: boolean;
}

/** Every model the application declares. */
export class Models {
  private readonly byEntity = new Map<string, PlacedModel[]>();
  private readonly byTable = new Map<string, PlacedModel[]>();

  constructor(models: readonly PlacedModel[]) {
    for (const placed of models) {
      add(this.byEntity, placed.model.entity, placed);
      for (const table of placed.model.tables) add(this.byTable, table.toLowerCase(), placed);
    }
  }

  /** Whether any of them has a table. */
  some(): boolean {
    return this.byTable.size > 0;
  }

  /** The models of a table: those that write its name, before those that may mean it. */
  of(table: string): readonly PlacedModel[] {
    const found = this.byTable.get(table.toLowerCase()) ?? [];
    const named = found.filter(({ model }) => model.named);
    return named.length > 0 ? named : found;
  }

  /** Columns of a model and of every class it extends. */
  columnsOf({ model, file }: PlacedModel, depth = 0): PlacedColumn[] {
    const own = model.columns.map((column) => ({ column, file, inherited: depth > 0 }));
    // A base may be extended by itself under another name; nobody nests classes deeper than this.
    const bases = depth > 5 ? [] : model.bases.flatMap((base) => this.byEntity.get(base) ?? []);
    return [...own, ...bases.filter((base) => base.model !== model && base.model.tables.length === 0).flatMap((base) => this.columnsOf(base, depth + 1))];
  }
}

function add<V>(map: Map<string, V[]>, key: string, value: V): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [value]);
  else list.push(value);
}
