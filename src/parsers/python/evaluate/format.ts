import { attributeOf, itemOf } from './expressions.js';
import { laidOut, specOfPercent } from './format-spec.js';
import type { Interpreter } from './interpreter.js';
import { splice, toString, type Edit, type Part, type Text } from './text.js';
import { fromString, holeFor, numberOf, unknown, type Argument, type Value } from './value.js';

/** `str(value)`: a placeholder where it is not known. */
export function display(value: Value): Text {
  if (value.type === 'string') return value.text;
  if (value.type === 'number') return [{ text: value.text }];
  if (value.type === 'constant') return [{ text: value.value === null ? 'None' : value.value ? 'True' : 'False' }];
  if (value.type === 'sequence' && value.open !== true) return displaySequence(value.form, value.items);
  const number = numberOf(value);
  return number === null ? holeFor(value) : [{ text: String(number) }];
}

function displaySequence(form: 'tuple' | 'list' | 'set', items: readonly Value[]): Text {
  const [open, close] = { tuple: ['(', items.length === 1 ? ',)' : ')'], list: ['[', ']'], set: ['{', '}'] }[form] as [string, string];
  const inside = items.flatMap((item, index) => [...(index === 0 ? [] : [{ text: ', ' }]), ...representation(item)]);
  return [{ text: open }, ...inside, { text: close }];
}

/** `repr(value)`: strings in quotes. */
export function representation(value: Value): Text {
  if (value.type !== 'string') return display(value);
  const quote = toString(value.text).includes("'") && !toString(value.text).includes('"') ? '"' : "'";
  return [{ text: quote }, ...value.text, { text: quote }];
}

/** `"… %s" % value`, with a tuple or a dictionary for several. */
export function formatPercent(format: Text, value: Value): Part[] {
  const whole = toString(format);
  const edits: Edit[] = [];
  const positional = value.type === 'sequence' && value.form === 'tuple' ? [...value.items] : [value];
  const pattern = /%(?:\((\w+)\))?([-#0 +]*)(\d*)(\.\d+)?([a-zA-Z%])/g;
  for (const match of whole.matchAll(pattern)) {
    const [text, key, flags = '', width = '', precision = '', letter = ''] = match;
    const end = match.index + text.length;
    if (letter === '%') {
      edits.push({ start: match.index, end, with: [{ text: '%' }] });
      continue;
    }
    const found = (key === undefined ? positional.shift() : member(value, key)) ?? unknown(key);
    const shown = letter === 'r' ? representation(found) : display(found);
    edits.push({ start: match.index, end, with: laidOut(found, shown, specOfPercent(flags, width, precision, letter)) });
  }
  return splice(format, edits);
}

function member(value: Value, key: string): Value | undefined {
  if (value.type !== 'dictionary') return undefined;
  return value.entries.find((entry) => entry.key.type === 'string' && toString(entry.key.text) === key)?.value;
}

/** `"… {} {name}".format(…)`. */
export function formatBraces(format: Text, positional: readonly Value[], keywords: ReadonlyMap<string, Argument>, interpreter: Interpreter): Part[] {
  const whole = toString(format);
  const edits: Edit[] = [];
  let next = 0;
  for (const match of whole.matchAll(/\{\{|\}\}|\{([^{}]*)\}/g)) {
    const end = match.index + match[0].length;
    const field = match[1];
    if (field === undefined) {
      edits.push({ start: match.index, end, with: [{ text: match[0].charAt(0) }] });
      continue;
    }
    const { name, steps, conversion, spec } = fieldOf(field);
    const first = name === '' ? positional[next++] : fieldValue(name, positional, keywords);
    const found = first === undefined ? unknown(name === '' ? 'value' : name) : followed(first, steps, interpreter);
    const shown = conversion === 'r' ? representation(found) : display(found);
    edits.push({ start: match.index, end, with: laidOut(found, shown, spec) });
  }
  return splice(format, edits);
}

/** The parts of `name.steps!conversion:spec`. */
function fieldOf(field: string): { name: string; steps: string; conversion: string; spec: string } {
  const [, path = '', conversion = '', spec = ''] = /^([^!:]*)(?:!(\w))?(?::(.*))?$/s.exec(field) ?? [];
  const [, name = '', steps = ''] = /^(\w*)(.*)$/s.exec(path) ?? [];
  return { name, steps, conversion, spec };
}

/** `{name.attribute[key]}`: the steps after the name. */
function followed(value: Value, steps: string, interpreter: Interpreter): Value {
  let found = value;
  for (const [, attribute, key] of steps.matchAll(/\.(\w+)|\[([^\]]*)\]/g)) {
    if (attribute !== undefined) found = attributeOf(found, attribute, interpreter);
    else if (key !== undefined) found = itemOf(found, /^\d+$/.test(key) ? { type: 'number', text: key } : fromString(key));
  }
  return found;
}

/** `{0}` or `{name}`. */
function fieldValue(name: string, positional: readonly Value[], keywords: ReadonlyMap<string, Argument>): Value | undefined {
  return /^\d+$/.test(name) ? positional[Number(name)] : keywords.get(name)?.value;
}

/** `separator.join(items)`; null when an item is no string. */
export function join(separator: Text, items: readonly Value[]): Part[] {
  return items.flatMap((item, index) => [...(index === 0 ? [] : separator), ...display(item)]);
}

