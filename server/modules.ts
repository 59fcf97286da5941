import * as artifacts from './artifacts/personal-data.ts';
import * as audit from './audit/personal-data.ts';
import * as catalogue from './catalogue/personal-data.ts';
import * as generations from './generations/personal-data.ts';
import * as ledger from './ledger/personal-data.ts';
import * as mail from './mail/personal-data.ts';
import * as members from './members/personal-data.ts';
import * as payments from './payments/personal-data.ts';
import { type Inventory, inventoryOf } from './privacy/inventory.ts';
import * as privacy from './privacy/personal-data.ts';
import * as support from './support/personal-data.ts';

/** What all modules hold about people, for export and erasure. A test fails when a module's file is not here. */
export function inventoryOfModules(): Inventory {
  return inventoryOf([
    artifacts,
    audit,
    catalogue,
    generations,
    ledger,
    mail,
    members,
    payments,
    privacy,
    support,
  ]);
}
