ALTER TABLE accounts ADD COLUMN tenant_id bigint;

CREATE INDEX accounts_tenant_id_idx ON accounts (tenant_id);

ALTER TABLE accounts
  ADD CONSTRAINT accounts_tenant_fk FOREIGN KEY (tenant_id) REFERENCES tenants (id);
