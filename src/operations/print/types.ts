import { printName, quoteIdentifier, quoteLiteral } from '../../sql/name.js';
import { printType } from '../../sql/type.js';
import type { AlterCompositeType, AlterDomain, ColumnDefinition } from '../types.js';
import type { Printers } from './draft.js';
import { clauses, list, when, words } from './draft.js';
import { constraintDefinition, constraintName, printConstraint, printTypeWithCollation } from './parts.js';

type TypeKind =
  | 'createEnum'
  | 'addEnumValue'
  | 'renameEnumValue'
  | 'createDomain'
  | 'alterDomain'
  | 'createCompositeType'
  | 'alterCompositeType';

export const types: Printers<TypeKind> = {
  createEnum: (create) => list(`CREATE TYPE ${printName(create.type)} AS ENUM`, create.values.map(quoteLiteral)),
  addEnumValue: (add) =>
    words(
      `ALTER TYPE ${printName(add.type)} ADD VALUE`,
      when(add.guard, 'IF NOT EXISTS'),
      quoteLiteral(add.value),
      add.before !== undefined && `BEFORE ${quoteLiteral(add.before)}`,
      add.after !== undefined && `AFTER ${quoteLiteral(add.after)}`,
    ),
  renameEnumValue: (rename) =>
    `ALTER TYPE ${printName(rename.type)} RENAME VALUE ${quoteLiteral(rename.value)} TO ${quoteLiteral(rename.to)}`,
  createDomain: (create) =>
    clauses(
      words(
        `CREATE DOMAIN ${printName(create.domain)} AS`,
        printTypeWithCollation(create.type, create.collation),
        create.default !== undefined && `DEFAULT ${create.default}`,
        create.notNull !== undefined && (create.notNull ? 'NOT NULL' : 'NULL'),
      ),
      ...(create.constraints ?? []).map(printConstraint),
    ),
  alterDomain: (alter) => clauses(`ALTER DOMAIN ${printName(alter.domain)}`, domainAction(alter.action)),
  createCompositeType: (create) => list(`CREATE TYPE ${printName(create.type)} AS`, create.attributes.map(printAttribute)),
  alterCompositeType: (alter) => words(`ALTER TYPE ${printName(alter.type)}`, compositeAction(alter.action)),
};

function domainAction(action: AlterDomain['action']): string {
  switch (action.type) {
    case 'set default':
      return `SET DEFAULT ${action.default}`;
    case 'drop default':
    case 'set not null':
    case 'drop not null':
      return action.type.toUpperCase();
    case 'add constraint': {
      const { constraint } = action;
      // A domain has one value and no column to name.
      const body = constraint.type === 'not null' ? 'NOT NULL' : constraintDefinition(constraint);
      return words('ADD', constraintName(constraint), body);
    }
    case 'drop constraint':
      return words(
        'DROP CONSTRAINT',
        when(action.guard, 'IF EXISTS'),
        quoteIdentifier(action.constraint),
        when(action.cascade, 'CASCADE'),
      );
    case 'validate constraint':
      return `VALIDATE CONSTRAINT ${quoteIdentifier(action.constraint)}`;
  }
}

function compositeAction(action: AlterCompositeType['action']): string {
  const cascade = when(action.cascade, 'CASCADE');
  switch (action.type) {
    case 'add attribute':
      return words('ADD ATTRIBUTE', printAttribute(action.attribute), cascade);
    case 'drop attribute':
      return words('DROP ATTRIBUTE', when(action.guard, 'IF EXISTS'), quoteIdentifier(action.attribute), cascade);
    case 'alter attribute type':
      return words('ALTER ATTRIBUTE', quoteIdentifier(action.attribute), 'TYPE', printType(action.dataType), cascade);
  }
}

function printAttribute({ name, type, collation }: ColumnDefinition): string {
  return words(quoteIdentifier(name), type !== undefined && printTypeWithCollation(type, collation));
}
