import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { Config } from './config.ts';
import { newId } from './database/ids.ts';
import { asService } from './database/transaction.ts';
import { acknowledgeAll } from './generations/acknowledgement.ts';
import type { House } from './house.ts';
import { balanceOf } from './ledger/balance.ts';
import { creditTopUp } from './ledger/flows/top-up.ts';
import { ensureAccount } from './members/accounts.ts';
import { createApiKey } from './members/api-keys.ts';
import type { Given } from './roles/modules-given.ts';

const Ready = z.object({
  url: z.string(),
  staff: z.object({ email: z.string(), password: z.string() }),
  member: z.object({ email: z.string(), password: z.string(), apiKey: z.string() }),
  simulators: z.record(z.string(), z.string()),
});
export type SandboxFile = z.output<typeof Ready>;

const FIRST_BALANCE_MICRO = 50_000_000n;

/**
 * A sandbox is ready to be tried: a staff account, and a member with 50.00 USD and an API key. Their passwords are
 * made once and stand in `<DATA_DIR>/sandbox.json`, which programs read to find everything.
 */
export async function readySandbox(
  config: Config,
  house: House,
  given: Given,
  url: string,
  simulators: Record<string, string>,
): Promise<SandboxFile> {
  const file = join(config.dataDir, 'sandbox.json');
  const before = existsSync(file) ? Ready.safeParse(JSON.parse(readFileSync(file, 'utf8'))).data : undefined;
  const deps = { pools: house.parts.pools, opening: given.opening };
  const staff = before?.staff ?? { email: 'staff@mluen.test', password: newPassword() };
  const member = before?.member ?? { email: 'member@mluen.test', password: newPassword(), apiKey: '' };
  await ensureAccount(deps, { ...staff, displayName: 'Sandbox staff', country: 'DE', role: 'staff' });
  const memberId = await ensureAccount(deps, {
    ...member,
    displayName: 'Sandbox member',
    country: 'DE',
    role: 'member',
  });
  if (member.apiKey === '') {
    await giveFirstMoney(house, memberId);
    const { secret } = await createApiKey(
      house.parts.pools,
      memberId,
      { name: 'Sandbox', expiresAt: null },
      (tx) => acknowledgeAll(house.parts, tx, memberId),
    );
    member.apiKey = secret;
  }
  const { pid: _, ...urls } = simulators;
  const ready: SandboxFile = { url, staff, member, simulators: urls };
  writeFileSync(file, `${JSON.stringify(ready, null, 2)}\n`, { mode: 0o600 });
  return ready;
}

async function giveFirstMoney(house: House, memberId: string) {
  await asService(house.parts.pools, async (tx) => {
    const { availableMicro } = await balanceOf(tx, memberId);
    if (availableMicro > 0n) return;
    await creditTopUp(tx, {
      topUpId: newId(),
      memberId,
      amountMicro: FIRST_BALANCE_MICRO,
      source: { code: 1100, label: 'sandbox' },
    });
  });
}

function newPassword(): string {
  return randomBytes(12).toString('base64url');
}

/** In production the first staff account comes from settings. */
export async function readyProduction(config: Config, house: House, given: Given): Promise<void> {
  if (config.STAFF_EMAIL === undefined || config.STAFF_PASSWORD === undefined) return;
  await ensureAccount(
    { pools: house.parts.pools, opening: given.opening },
    {
      email: config.STAFF_EMAIL,
      password: config.STAFF_PASSWORD,
      displayName: 'Staff',
      country: 'DE',
      role: 'staff',
    },
  );
}
