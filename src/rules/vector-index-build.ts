import { named } from '../advice/wording.js';
import { defineRule } from '../rule.js';

/** The graph is built in memory, and spills when it does not fit. */
export default defineRule({
  meta: {
    id: 'vector-index-build',
    category: 'lock',
    severity: 'info',
    presets: ['strict'],
    operations: ['createIndex'],
    trigger: 'An hnsw or ivfflat index is built on an existing table',
    effect: 'The build takes hours once it no longer fits maintenance_work_mem',
    remedy: 'Raise maintenance_work_mem for the session first, and build it CONCURRENTLY',
    since: '0.1.0',
    references: ['https://www.postgresql.org/docs/current/runtime-config-resource.html#GUC-MAINTENANCE-WORK-MEM'],
  },

  check({ table, method, index }, context) {
    if ((method !== 'hnsw' && method !== 'ivfflat') || context.isNew(table) || context.session.settings.has('maintenance_work_mem')) return;
    return {
      message: `Building ${named(index ?? 'the index')} spills to disk when it outgrows maintenance_work_mem.`,
      rewrite: [{ note: 'Before it, as much as the server can spare:', operations: [{ kind: 'setParameter', name: 'maintenance_work_mem', value: "'2GB'" }] }],
    };
  },
});
