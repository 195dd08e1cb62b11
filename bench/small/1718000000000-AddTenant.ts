import { MigrationInterface, QueryRunner, TableColumn, TableIndex } from 'typeorm';

export class AddTenant1718000000000 implements MigrationInterface {
  public async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.addColumn('accounts', new TableColumn({ name: 'tenant_id', type: 'bigint', isNullable: true }));
    await queryRunner.createIndex('accounts', new TableIndex({ name: 'accounts_tenant_id_idx', columnNames: ['tenant_id'] }));
  }

  public async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.dropColumn('accounts', 'tenant_id');
  }
}
