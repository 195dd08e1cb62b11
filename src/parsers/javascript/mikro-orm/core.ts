import { concat, holeAt, slice, type Text, textAt } from '../evaluate/text.js';
import { type HostObject, hostFunction, host, type Site, type TemplateParts, type Value } from '../evaluate/value.js';
import { literal } from '../sql-writer.js';

/** The SQL tag and `raw()` of the core package: values go into the text as constants. */
export function core(specifier: string, name: string): Value | undefined {
  if (!/(^@|\/)mikro-orm\//.test(specifier)) return undefined;
  if (name === 'raw') return raw;
  if (name === 'sql') return sql;
  return name === '*' || name === 'default' ? host({ name: specifier, get: (property) => core(specifier, property) }) : undefined;
}

/** `raw('… ?', [value])`; also what `knex.raw(…)` makes of it. */
export const raw: Value = hostFunction('raw', ([text, bindings], { span }) => {
  if (text?.kind !== 'text') return text;
  const values = bindings?.kind === 'list' ? bindings.items : [];
  return values.length === 0 ? text : bound(text, values, span);
});

const sql: Value = host({
  name: 'sql',
  tag: (template, { span }) => tagged(template, span),
  get: (property) => (property === 'raw' ? raw : property === 'ref' ? hostFunction('sql.ref', ([name]) => (name?.kind === 'text' ? quotedText(name) : undefined)) : undefined),
} satisfies HostObject);

function quotedText(name: Text): Text {
  const at = name.span ?? null;
  return concat([textAt('"', at), name, textAt('"', at)]);
}

function tagged({ quasis, holes, holeSpans, holeLabels }: TemplateParts, span: Site['span']): Text {
  const parts = quasis.flatMap((quasi, index) => {
    const hole = holes[index];
    return hole === undefined ? [quasi] : [quasi, written(hole, holeSpans[index] ?? span, holeLabels[index] ?? 'value')];
  });
  return { ...concat(parts), span };
}

function written(value: Value, span: Site['span'], label: string): Text {
  const known = literal(value);
  return known === null ? holeAt(label, span) : textAt(known, span);
}

/** Every `?` of a text outside quotes takes the next value; `??` a name. */
function bound(text: Text, values: readonly Value[], span: Site['span']): Text {
  const parts: Text[] = [];
  let at = 0;
  let next = 0;
  for (const match of text.text.matchAll(/'(?:[^']|'')*'|\?\??/g)) {
    if (match[0].startsWith("'")) continue;
    const value = values[next];
    next += 1;
    parts.push(slice(text, at, match.index));
    if (match[0] === '??' && value?.kind === 'text') parts.push(quotedText(value));
    else parts.push(written(value ?? { kind: 'unknown', label: 'value' }, value?.span ?? span, 'value'));
    at = match.index + match[0].length;
  }
  return { ...concat([...parts, slice(text, at, text.text.length)]), span };
}
