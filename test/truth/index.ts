import { columns } from './columns.js';
import { combined } from './combined.js';
import { constraints } from './constraints.js';
import { cornersOfColumns } from './corners-columns.js';
import { cornersOfTrees } from './corners-trees.js';
import { cornersOfObjects } from './corners-objects.js';
import { dependents } from './dependents.js';
import { indexes } from './indexes.js';
import { names } from './names.js';
import { objects } from './objects.js';
import { partitions } from './partitions.js';
import { rows } from './rows.js';
import { sequels } from './sequels.js';
import { tables } from './tables.js';
import { flatten } from './truth.js';
import { types } from './types.js';
import { writes } from './writes.js';

/** Every case of the truth suite. */
export const truths = flatten([
  ...columns,
  ...types,
  ...constraints,
  ...tables,
  ...indexes,
  ...partitions,
  ...objects,
  ...rows,
  ...cornersOfColumns,
  ...cornersOfTrees,
  ...cornersOfObjects,
  ...combined,
  ...dependents,
  ...sequels,
  ...writes,
  ...names,
]);
