import { named } from '../advice/wording.js';
import { defineRule } from '../rule.js';

/** A bigint begins at a multiple of eight bytes, whatever stands before it. */
export default defineRule({
  meta: {
    id: 'column-order',
    category: 'style',
    severity: 'info',
    presets: [],
    operations: ['createTable'],
    trigger: 'Columns of a new table that waste padding between them',
    effect: 'Each row holds bytes of nothing: fixed widths are aligned to their size',
    remedy: 'Put wide fixed columns first, then narrow ones, then those of variable length',
    since: '0.1.0',
    references: ['https://www.postgresql.org/docs/current/storage-page-layout.html'],
  },

  check({ table, columns }) {
    let wasted = 0;
    let offset = 0;
    for (const { type } of columns) {
      const width = WIDTHS[type?.name ?? ''];
      if (width === undefined) {
        offset = 0;
        continue;
      }
      const gap = (width - (offset % width)) % width;
      wasted += gap;
      offset += gap + width;
    }
    if (wasted < 8) return;
    return { message: `Each row of ${named(table)} holds ${wasted} bytes of padding.`, rewrite: [{ note: 'Order the columns by width, widest first.' }] };
  },
});

/** Bytes, which are the alignment too. */
const WIDTHS: Readonly<Record<string, number>> = {
  boolean: 1,
  smallint: 2,
  integer: 4,
  date: 4,
  real: 4,
  bigint: 8,
  'double precision': 8,
  'timestamp with time zone': 8,
  'timestamp without time zone': 8,
};
