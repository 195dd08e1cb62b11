import type { ApplicationFacts, Model, ModelColumn } from '../parsers/application.js';

/** The models of a Prisma schema: its client reads every scalar field of a model. */
export function prismaFacts(text: string): ApplicationFacts {
  const blocks = [...text.matchAll(/^[ \t]*model\s+(\w+)\s*\{([^}]*)\}/gm)];
  const entities = new Set(blocks.map(([, name]) => name));
  const models = blocks.map((block): Model => {
    const [whole, entity = '', body = ''] = block;
    const mapped = /@@map\(\s*(?:name:\s*)?"([^"]+)"/.exec(body)?.[1];
    const start = block.index + whole.indexOf(body);
    return { entity, tables: [mapped ?? entity], named: true, bases: [], columns: columnsOf(body, start, entities), span: { start: block.index, end: block.index + whole.indexOf('{') } };
  });
  return { models, sql: [], queries: [] };
}

function columnsOf(body: string, start: number, entities: ReadonlySet<string | undefined>): ModelColumn[] {
  return [...body.matchAll(/^[ \t]*(\w+)[ \t]+(\w+)[^\n]*/gm)].flatMap((line) => {
    const [whole, field = '', type] = line;
    // A relation's column is the scalar field beside it.
    if (entities.has(type)) return [];
    const mapped = /@map\(\s*(?:name:\s*)?"([^"]+)"/.exec(whole)?.[1];
    const at = start + line.index + whole.indexOf(field);
    return [{ names: [mapped ?? field], span: { start: at, end: at + field.length } }];
  });
}
