/** Rules whose fixtures in frameworks are SQL in a string, with the reason. */
export const BY_SQL_ALONE: Readonly<Record<string, readonly string[]>> = {
  'no library has a call for partitions': [
    'attach-partition-scan',
    'attach-scans-default',
    'create-partition-locks-parent',
    'default-partition-growth',
    'detach-partition-blocking',
    'partition-key-not-in-unique',
  ],
  'no library has a call for triggers, functions, domains, extensions, policies, privileges or publications': [
    'create-constrained-domain',
    'create-extension',
    'create-trigger',
    'domain-add-constraint',
    'drop-cascade',
    'drop-extension',
    'drop-or-rename-routine',
    'drop-trigger',
    'drop-type',
    'extension-version',
    'grant-widening',
    'policy-gaps',
    'privileges-in-ddl-migration',
    'publication-for-all-tables',
    'rls-without-policy',
    'security-definer-search-path',
    'superuser-only',
    'toggle-trigger',
  ],
  'no library has a call to change an enum or to move a table': [
    'enum-add-value-in-transaction',
    'enum-recreate',
    'enum-rename-value',
    'enum-value-order',
    'enum-value-used-same-transaction',
    'rename-schema',
    'set-access-method',
    'set-logged-unlogged',
    'set-schema',
    'set-tablespace',
  ],
  'no library has a call for these settings of a table': ['autovacuum-disabled', 'replica-identity-full'],
  'no library has a call for maintenance, locks or settings of the session': [
    'cluster',
    'lock-table',
    'lock-timeout-disabled',
    'lock-timeout-too-late',
    'not-allowed-in-transaction',
    'refresh-concurrently-needs-unique',
    'reindex-blocking',
    'session-setting-leak',
    'short-lock-timeout-on-concurrent-build',
    'statement-timeout-too-short',
    'set-local-without-transaction',
    'vacuum-full',
  ],
  'no library has a call for this form of a constraint': ['add-not-null-constraint', 'not-enforced-constraint', 'primary-key-using-index-nullable', 'validate-in-same-transaction'],
  'the hazard is in the SQL: text that does not parse, is put together, or is sent whole': [
    'ddl-in-do-block',
    'drop-database',
    'duplicate-column-assignment',
    'execute-destructive-sql',
    'implicit-transaction',
    'not-valid-unsupported',
    'parse-error',
    'savepoint-loop',
    'transaction-nesting',
    'unreadable-sql',
  ],
  'what is flagged is the transaction, whatever it sends': ['runner-batch-transaction', 'mixed-nontransactional', 'unclosed-transaction'],
};

/** Rules whose operation one of the libraries alone has a call for; the second framework's fixture is SQL. */
export const ONE_CALL: readonly string[] = [
  // Alembic's postgresql_not_valid; the others validate at once, which add-foreign-key says.
  'never-validated-constraint',
  'several-foreign-keys',
  // Alembic's if_not_exists and postgresql_ops; TypeORM and Sequelize have neither.
  'invalid-index-on-retry',
  'vector-index-build',
  // SQLAlchemy's prefixes of a table.
  'create-unlogged-table',
  // Knex's materialized views.
  'create-matview-with-data',
  'drop-matview',
  // Sequelize's bulkDelete with cascade; a unique column that it adds in one statement.
  'truncate-cascade',
  'add-column-unique',
  // Every builder names what it makes; Alembic can be told not to.
  'unnamed-constraint',
  // A select as the source, a collation: Alembic has words for them, the others hand on SQL.
  'insert-select-large',
  'fk-nondeterministic-collation',
  'fk-not-valid-on-partitioned',
  // Knex alone refreshes; the check and the key of a column go in a statement of their own with most.
  'refresh-matview-blocking',
  'add-column-with-check',
  'add-column-with-fk',
  'row-by-row-in-app',
];

/** Rules about what one library does. */
export const IN_ONE_LIBRARY: readonly string[] = ['orm-change-column-recreates', 'implicit-transaction'];
