import type { Facts } from '../facts.js';
import type { Place } from '../place.js';
import { alembicPlaces } from './alembic.js';
import { ciPlaces } from './ci.js';
import { configPlaces, versionInUse } from './config.js';
import { hookPlaces } from './hooks.js';
import { scriptPlaces } from './scripts.js';

/** Every place of a project that can call us, in the order in which a migration meets them. */
export function placesIn(facts: Facts, postgres: string | undefined): Place[] {
  const alembic = alembicPlaces(facts);
  return [
    ...alembic,
    ...scriptPlaces(facts, { alembic: alembic.length === 0 }),
    ...hookPlaces(facts),
    ...ciPlaces(facts),
    ...configPlaces(facts, postgres ?? versionInUse(facts)),
  ];
}
