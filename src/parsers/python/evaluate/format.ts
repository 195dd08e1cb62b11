import { splice, toString, type Edit, type Part, type Text } from './text.js';
import { holeFor, numberOf, unknown, type Argument, type Value } from './value.js';

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
  const pattern = /%(?:\((\w+)\))?[-#0 +]*\d*(?:\.\d+)?([a-zA-Z%])/g;
  for (const match of whole.matchAll(pattern)) {
    const [text, key, letter] = match;
    const end = match.index + text.length;
    if (letter === '%') {
      edits.push({ start: match.index, end, with: [{ text: '%' }] });
      continue;
    }
    const found = key === undefined ? positional.shift() : member(value, key);
    const show = letter === 'r' ? representation : display;
    edits.push({ start: match.index, end, with: show(found ?? unknown(key)) });
  }
  return splice(format, edits);
}

function member(value: Value, key: string): Value | undefined {
  if (value.type !== 'dictionary') return undefined;
  return value.entries.find((entry) => entry.key.type === 'string' && toString(entry.key.text) === key)?.value;
}

/** `"… {} {name}".format(…)`. */
export function formatBraces(format: Text, positional: readonly Value[], keywords: ReadonlyMap<string, Argument>): Part[] {
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
    const [name = '', conversion] = field.split(':')[0]?.split('!') ?? [];
    const found = name === '' ? positional[next++] : fieldValue(name, positional, keywords);
    const show = conversion === 'r' ? representation : display;
    edits.push({ start: match.index, end, with: show(found ?? unknown(name.replace(/\W.*$/, '') || 'value')) });
  }
  return splice(format, edits);
}

/** `{0}` or `{name}`; what `{name.attribute}` is stays unknown. */
function fieldValue(name: string, positional: readonly Value[], keywords: ReadonlyMap<string, Argument>): Value | undefined {
  return /^\d+$/.test(name) ? positional[Number(name)] : keywords.get(name)?.value;
}

/** `separator.join(items)`; null when an item is no string. */
export function join(separator: Text, items: readonly Value[]): Part[] {
  return items.flatMap((item, index) => [...(index === 0 ? [] : separator), ...display(item)]);
}

