import type * as t from '@babel/types';
import type { ApplicationFacts, Model } from '../../application.js';
import type { Source } from '../../parser.js';
import { parseSource } from '../parse.js';
import { Constants } from './constants.js';
import { decoratedClass } from './decorated-class.js';
import { drizzleTable, entitySchema, kyselyTables, objectionClass, sequelizeModel } from './declared-models.js';
import { objectOf } from './nodes.js';
import { builderQuery, sentSql } from './queries.js';
import { walk } from './walk.js';

/** What a file of JavaScript or TypeScript says about tables. */
export function javascriptFacts(source: Source): ApplicationFacts {
  const { program, text } = parseSource(source);
  const constants = new Constants(program);
  const facts: ApplicationFacts = { models: [], sql: [], queries: [] };
  const interfaces: t.TSInterfaceDeclaration[] = [];
  walk(program, (node, parent) => {
    if (node.type === 'TSInterfaceDeclaration') interfaces.push(node);
    const model = modelOf(node);
    if (model !== null) facts.models.push(model);
    // Only the outermost call of a chain: the others are parts of it.
    const isChain = node.type === 'CallExpression' && !(parent?.type === 'MemberExpression' && parent.object === node);
    const query = isChain ? builderQuery(node, constants) : null;
    if (query !== null) facts.queries.push(query);
    const sql = sentSql(node, text, constants);
    if (sql !== null) facts.sql.push(sql);
  });
  facts.models.push(...kyselyTables(interfaces));
  return facts;
}

/** The model that a node declares by itself. */
function modelOf(node: t.Node): Model | null {
  switch (node.type) {
    case 'ClassDeclaration':
    case 'ClassExpression':
      return decoratedClass(node) ?? objectionClass(node);
    case 'VariableDeclarator':
      return node.init?.type === 'CallExpression' && node.id.type === 'Identifier' ? drizzleTable(node.init, node.id.name) : null;
    case 'NewExpression':
      return entitySchema(node.callee, objectOf(node.arguments[0]));
    case 'CallExpression':
      return sequelizeModel(node) ?? entitySchema(node.callee, objectOf(node.arguments[0]));
    default:
      return null;
  }
}
