import { describe, expect, it } from 'vitest';
import { rules } from '../src/rules/index.js';

/** Every hazard of PostgreSQL migrations that is known, by name: each has a rule of that name, but for those below. */
const HAZARDS = `
add-check add-column-auto-increment add-column-default-old-pg add-column-unique add-column-volatile-default add-column-with-check add-column-with-fk
add-constrained-domain-column add-exclusion add-foreign-key add-not-null-column add-not-null-constraint add-primary-key add-stored-generated-column
add-unique-constraint alter-column-type alter-column-used-by-view app-model-in-migration asymmetric-downgrade attach-partition-scan
attach-scans-default autovacuum-disabled avoid-money-float ban-char branched-history brief-access-exclusive change-default client-side-default-only
cluster collation-change column-order concurrent-index-corruption concurrently-in-transaction create-constrained-domain create-extension
create-index-blocking create-matview-with-data create-partition-locks-parent create-table-as create-table-locks-parent create-trigger
create-unlogged-table data-in-schema-migration ddl-in-do-block ddl-order-on-subscribers ddl-with-backfill default-partition-growth
delete-without-where detach-partition-blocking discriminator-column domain-add-constraint drop-and-readd-column drop-cascade drop-column
drop-column-side-effects drop-constraint drop-database drop-default drop-extension drop-foreign-key-locks-parent drop-index-blocking drop-matview
drop-not-null drop-or-rename-routine drop-primary-key drop-schema drop-table drop-trigger drop-type duplicate-column-assignment
edited-applied-migration enum-add-value-in-transaction enum-recreate enum-rename-value enum-value-order enum-value-used-same-transaction
execute-destructive-sql explicit-id-insert extension-table-ddl extension-version fk-clause-explicit fk-nondeterministic-collation
fk-not-valid-on-partitioned fk-on-delete-cascade fk-type-mismatch fk-without-index grant-widening hash-index hot-table-ddl identifier-too-long
if-not-exists-hides-drift implicit-transaction index-build-in-locked-transaction index-choice index-on-partitioned-parent insert-select-large
int-to-bigint-key invalid-index-on-retry json-column lock-budget lock-table lock-timeout-disabled lock-timeout-too-late lossy-downgrade
missing-analyze missing-application-name missing-downgrade missing-idle-timeout missing-lock-timeout missing-statement-timeout mixed-nontransactional
naming-convention narrowing-type-change network-or-sleep-in-migration never-validated-constraint not-allowed-in-transaction not-enforced-constraint
not-idempotent not-valid-unsupported object-used-before-created orm-alter-resets-attributes orm-change-column-recreates partition-key-not-in-unique
partitioned-parent-fanout policy-gaps prefer-bigint prefer-identity prefer-lookup-table prefer-text prefer-timestamptz
primary-key-using-index-nullable privileges-in-ddl-migration publication-for-all-tables quoted-identifier recreate-table redundant-index
refresh-concurrently-needs-unique refresh-matview-blocking reindex-blocking rename-column rename-schema rename-table repeated-alter-same-table
replace-index replace-view replica-identity-full rewrite-disk-and-wal rls-without-policy row-by-row-in-app runner-batch-transaction savepoint-loop
security-definer-search-path session-setting-leak set-access-method set-local-without-transaction set-logged-unlogged set-not-null set-schema
set-tablespace several-foreign-keys several-tables-locked short-lock-timeout-on-concurrent-build statement-timeout-too-short still-referenced-in-code
superuser-only table-without-primary-key timestamp-tz-change toast-heavy-update toggle-trigger transaction-nesting truncate truncate-cascade
type-change-compat unbatched-delete unbatched-update unclosed-transaction unique-index-on-existing-data unnamed-constraint unqualified-name
unreadable-sql unsafe-downgrade vacuum-full validate-in-same-transaction vector-index-build volatile-check wide-index work-after-exclusive-lock
`
  .trim()
  .split(/\s+/);

/** Hazards that another rule speaks of, as its fixtures show. */
const TOLD_BY: Readonly<Record<string, readonly string[]>> = {
  'client-side-default-only': ['add-not-null-column'],
  'create-table-as': ['insert-select-large'],
  'index-build-in-locked-transaction': ['create-index-blocking', 'work-after-exclusive-lock'],
};

/** Hazards that no rule can speak of, and why. */
const NO_RULE: Readonly<Record<string, string>> = {
  'add-column-default-old-pg': 'PostgreSQL 10 and older are not supported: from 11 on a constant default rewrites nothing',
  'rewrite-disk-and-wal': 'how much disk and WAL a rewrite needs hangs on the size of the table, which no file says; the rules for rewrites say that there is one',
  'still-referenced-in-code': 'what the code of the deployed revision names is looked up in the project, not in the migration',
  'unsafe-downgrade': 'every rule judges the way down as it does the way up, under --direction down',
};

describe('the hazards', () => {
  const ids = new Set(rules.map(({ meta }) => meta.id));

  it.each(HAZARDS)('%s has a rule, or a reason to have none', (hazard) => {
    const told = ids.has(hazard) ? [hazard] : (TOLD_BY[hazard] ?? []);
    for (const id of told) expect(ids, `${hazard} is told by ${id}`).toContain(id);
    expect(told.length > 0 || hazard in NO_RULE).toBe(true);
  });

  it('keeps no excuse for a hazard that has its rule', () => {
    for (const hazard of [...Object.keys(TOLD_BY), ...Object.keys(NO_RULE)]) {
      expect(HAZARDS).toContain(hazard);
      expect(ids, hazard).not.toContain(hazard);
    }
  });
});
