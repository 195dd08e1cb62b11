import { notValidThenValidate } from '../advice/constraints.js';
import { columnWith, draftOf } from '../advice/drafts.js';
import { blockedOn, named } from '../advice/wording.js';
import { displayName, relationKey } from '../postgres/schema.js';
import { defineRule } from '../rule.js';
import { quoteIdentifier } from '../sql/name.js';
import { tokenize } from '../sql/lexer.js';

/** The server does not ask whether NULL satisfies the domain: it writes the table again to find out row by row. */
export default defineRule({
  meta: {
    id: 'add-constrained-domain-column',
    category: 'rewrite',
    severity: 'error',
    presets: ['recommended', 'strict'],
    operations: ['addColumn'],
    covers: ['add-column-volatile-default', 'add-not-null-column'],
    trigger: 'A column of a domain with constraints is added to an existing table',
    effect: 'Reads and writes of the table wait until every row is written again, default or not',
    remedy: 'Add a column of the base type with the same CHECK, NOT VALID first',
    since: '0.1.0',
    references: ['https://www.postgresql.org/docs/current/domains.html'],
  },

  check(add, context) {
    const { table, column } = add;
    if (context.isNew(table) || column.type === undefined || !context.effects.rewrites.includes(displayName(table))) return;
    const domain = context.schema.types.get(relationKey(column.type));
    if (domain?.kind !== 'domain' || (domain.constraints.length === 0 && !domain.notNull)) return;
    const plain = columnWith(column, { type: domain.type });
    return {
      message: `Domain ${named(domain.name)} has rules: the new column rewrites ${named(table)} while ${blockedOn(context, table)} wait.`,
      rewrite: [
        { operations: [draftOf(add, { column: plain })] },
        ...domain.constraints.flatMap(({ name, expression }) =>
          notValidThenValidate(context, table, {
            type: 'check',
            name: `${table.name}_${name}`,
            expression: ofColumn(expression, column.name),
          }),
        ),
      ],
    };
  },
});

/** A domain's rule speaks of VALUE. */
function ofColumn(expression: string, column: string): string {
  let text = expression;
  for (const token of tokenize(expression).reverse()) {
    if (token.kind === 'word' && token.value === 'value') text = text.slice(0, token.start) + quoteIdentifier(column) + text.slice(token.end);
  }
  return text;
}
