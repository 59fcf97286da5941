import fc from 'fast-check';
import type { Pools } from '#server/database/connections.ts';
import { newId } from '#server/database/ids.ts';
import { asService, asStaff } from '#server/database/transaction.ts';
import { removeCap, setCap } from '#server/ledger/flows/cap.ts';
import { type AccountMarks, accountOf, post, setClosed, setFrozen } from '#server/ledger/ledger.ts';
import {
  type HoldResult,
  type LedgerItem,
  type SettleResult,
  settleAndHold,
} from '#server/ledger/posting.ts';
import { liftStop, standingStops, stopFor } from '#server/ledger/stops.ts';
import type { Status, Transfer } from '#server/ledger/transfer.ts';
import { createModel, type Model, type ModelTransfer } from './model.ts';

/** A few accounts, once in the database and once in the model, and the same commands for both. */
export interface Universe {
  pools: Pools;
  model: Model;
  accountIds: Map<string, bigint>;
  /** Ada's id, and an API key of hers. */
  ada: string;
  keyId: string;
  /** A small pool of ids of one moment, so that repeats and collisions are frequent. */
  ids: string[];
}

const members = ['ada', 'ben', 'eve'] as const;
export const wallets = members.map((name) => `${name} cash`);
export const accountNames = [
  ...wallets,
  'ada promo soon',
  'ada promo late',
  'ada debt',
  'stripe',
  'stripe eur',
  'revenue',
  'revenue eur',
  'refunds',
] as const;
/** Where Ada's caps count. Nothing else is posted there. */
const capNames = ['ada cap', 'ada key cap', 'ada counted'] as const;
const IDS = 24;
const NIL = '00000000-0000-0000-0000-000000000000';

export async function createUniverse(pools: Pools): Promise<Universe> {
  await liftAll(pools);
  const keyId = newId();
  const month = new Date().toISOString().slice(0, 7);
  const model = createModel();
  const people = new Map(members.map((name) => [name as string, newId()]));
  const label = newId();
  const far = (days: number) => new Date(Date.now() + days * 86_400_000);
  const platform = { owner: null, kind: 'other', currency: 'USD' } as const;
  const marks: Record<string, AccountMarks> = {
    'ada cash': { ownerId: people.get('ada'), code: 2100 },
    'ben cash': { ownerId: people.get('ben'), code: 2100 },
    'eve cash': { ownerId: people.get('eve'), code: 2100, currency: 'EUR' },
    'ada promo late': { ownerId: people.get('ada'), code: 2110, label: 'late', expiresAt: far(60) },
    'ada promo soon': { ownerId: people.get('ada'), code: 2110, label: 'soon', expiresAt: far(30) },
    'ada debt': { ownerId: people.get('ada'), code: 1300 },
    stripe: { code: 1100, label },
    'stripe eur': { code: 1100, label, currency: 'EUR' },
    revenue: { code: 3100, label },
    'revenue eur': { code: 3100, label, currency: 'EUR' },
    refunds: { code: 2300, label },
    'ada cap': { ownerId: people.get('ada'), code: 7000, label: `${NIL}:${month}` },
    'ada key cap': { ownerId: people.get('ada'), code: 7000, label: keyId },
    'ada counted': { ownerId: people.get('ada'), code: 7100 },
  };
  const accountIds = new Map<string, bigint>();
  await asService(pools, async (tx) => {
    for (const [name, mark] of Object.entries(marks)) accountIds.set(name, await accountOf(tx, mark));
  });
  for (const name of [...accountNames, ...capNames]) {
    const owner = members.find((member) => name.startsWith(member)) ?? null;
    const currency = marks[name]!.currency ?? 'USD';
    if (name.endsWith('cash')) model.addAccount(name, { owner, kind: 'cash', currency });
    else if (name.includes('promo'))
      model.addAccount(name, { owner, kind: 'promo', currency, ends: name.endsWith('soon') ? 30 : 60 });
    else model.addAccount(name, { ...platform, owner, currency });
  }
  const at = Date.now();
  const ids = Array.from({ length: IDS }, () => newId(at));
  return { pools, model, accountIds, ada: people.get('ada')!, keyId, ids };
}

/** Stops stand for a whole database: none may be left to the next. */
export async function liftAll(pools: Pools) {
  for (const { currency } of await asService(pools, standingStops))
    await asStaff(pools, 'finance', newId(), (tx) =>
      liftStop(tx, { currency, staffId: newId(), reason: 'the next universe begins' }),
    );
}

export interface Batch {
  settles: { id: number; hold: number; amount: bigint }[];
  holds: { id: number; wallet: string; amount: bigint; byKey?: boolean }[];
}
export type Group = (
  | {
      kind: 'single' | 'pending';
      id: number;
      debit: string;
      credit: string;
      amount: bigint;
      currency: string;
    }
  | { kind: 'post' | 'void'; id: number; pending: number; amount?: bigint }
)[];
export type Command =
  | { batch: Batch }
  | { groups: Group[] }
  | { flag: 'frozen' | 'closed'; account: string; value: boolean }
  | { cap: 'wallet' | 'key'; limit: bigint | null }
  | { stop: 'USD' | 'EUR' }
  | { lift: 'USD' | 'EUR' };

const id = fc.nat({ max: IDS - 1 });
const amount = fc.oneof(
  { weight: 8, arbitrary: fc.bigInt({ min: 0n, max: 60n }) },
  { weight: 1, arbitrary: fc.constantFrom(-1n, 0n, 9_223_372_036_854_775_807n) },
);
const account = fc.constantFrom(...accountNames);
const wallet = fc.oneof(
  { weight: 12, arbitrary: fc.constantFrom(...wallets) },
  { weight: 1, arbitrary: account },
);
/** The largest amount in a credit would overflow the totals, which is an exception and not a refusal. */
const moved = fc.bigInt({ min: 0n, max: 100n });

const batch = fc.record({
  settles: fc.array(fc.record({ id, hold: id, amount }), { maxLength: 5 }),
  holds: fc.array(fc.record({ id, wallet, amount, byKey: fc.boolean() }), { maxLength: 6 }),
});
const moneyIn = fc.record({
  kind: fc.constant('single' as const),
  id,
  debit: fc.constant('stripe'),
  credit: fc.constantFrom('ada cash', 'ben cash', 'ada promo soon', 'ada promo late'),
  amount: moved,
  currency: fc.constant('USD'),
});
const transfer: fc.Arbitrary<Group[number]> = fc.oneof(
  { weight: 4, arbitrary: moneyIn },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constantFrom('single' as const, 'pending' as const),
      id,
      debit: account,
      credit: account,
      amount: moved,
      currency: fc.constantFrom('USD', 'USD', 'USD', 'EUR'),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record(
      { kind: fc.constantFrom('post' as const, 'void' as const), id, pending: id, amount: moved },
      { requiredKeys: ['kind', 'id', 'pending'] },
    ),
  },
);
const groups = fc.array(fc.array(transfer, { minLength: 1, maxLength: 3 }), { minLength: 1, maxLength: 3 });
const flag = fc.record({
  flag: fc.constantFrom('frozen' as const, 'closed' as const),
  account,
  value: fc.boolean(),
});

const currency = fc.constantFrom('USD' as const, 'EUR' as const);

const oneCommand: fc.Arbitrary<Command> = fc.oneof(
  { weight: 6, arbitrary: batch.map((one) => ({ batch: one })) },
  { weight: 5, arbitrary: groups.map((some) => ({ groups: some })) },
  { weight: 1, arbitrary: flag },
  {
    weight: 1,
    arbitrary: fc.record({
      cap: fc.constantFrom('wallet' as const, 'key' as const),
      limit: fc.option(fc.bigInt({ min: 0n, max: 120n })),
    }),
  },
  {
    weight: 1,
    arbitrary: fc
      .tuple(currency, fc.nat({ max: 4 }))
      .map(([one, n]) => (n === 0 ? { stop: one } : { lift: one })),
  },
);

/** Some commands come again, at once or later, as impatient callers and lost answers make them. */
export const commands: fc.Arbitrary<Command[]> = fc
  .tuple(
    fc.array(oneCommand, { minLength: 4, maxLength: 20, size: 'max' }),
    fc.array(fc.tuple(fc.nat(), fc.nat()), { maxLength: 6, size: 'max' }),
  )
  .map(([sequence, repeats]) => {
    const all = [...sequence];
    for (const [which, later] of repeats) {
      const from = which % all.length;
      all.splice(from + 1 + (later % (all.length - from)), 0, all[from]!);
    }
    return all;
  });

type Answer = { status: Status; amount?: bigint };

export async function inDatabase(universe: Universe, command: Command): Promise<Answer[]> {
  const { pools, ids, accountIds } = universe;
  const accountId = (name: string) => accountIds.get(name)!;
  if ('flag' in command) {
    const set = command.flag === 'frozen' ? setFrozen : setClosed;
    await asService(pools, (tx) => set(tx, accountId(command.account), command.value));
    return [];
  }
  if ('batch' in command) return run(universe, command.batch);
  if ('cap' in command) {
    const { cap, limit } = command;
    const apiKeyId = cap === 'key' ? universe.keyId : null;
    await asService(pools, (tx) =>
      limit === null
        ? removeCap(tx, universe.ada, apiKeyId)
        : setCap(tx, universe.ada, {
            apiKeyId,
            period: cap === 'key' ? 'total' : 'month',
            limitMicro: limit,
          }),
    );
    return [];
  }
  if ('stop' in command) {
    const found = {
      invariant: 'I1',
      account: null,
      transfer: null,
      message: 'as if',
      currency: command.stop,
    };
    await stopFor(pools, [found]);
    return [];
  }
  if ('lift' in command) {
    const lift = { currency: command.lift, staffId: newId(), reason: 'looked at and sound' };
    await asStaff(pools, 'finance', newId(), (tx) => liftStop(tx, lift));
    return [];
  }
  const transfers = command.groups.flatMap((group, link) =>
    group.map((one): Transfer => {
      const common = { id: ids[one.id]!, code: 'refund' as const, link };
      return 'pending' in one
        ? { ...common, kind: one.kind, pendingId: ids[one.pending]!, amountMicro: one.amount }
        : {
            ...common,
            kind: one.kind,
            debit: accountId(one.debit),
            credit: accountId(one.credit),
            amountMicro: one.amount,
            currency: one.currency,
            groupId: ids[0]!,
          };
    }),
  );
  const statuses = await asService(pools, (tx) => post(tx, transfers));
  return statuses.map((status) => ({ status }));
}

/** A batch as the batcher sends it. */
export async function run(
  { pools, ids, accountIds, keyId }: Universe,
  { settles, holds }: Batch,
): Promise<Answer[]> {
  const items: LedgerItem[] = [
    ...settles.map((one) => ({
      settlement: { id: ids[one.id]!, holdId: ids[one.hold]!, amountMicro: one.amount },
    })),
    ...holds.map((one) => ({
      hold: {
        id: ids[one.id]!,
        walletId: accountIds.get(one.wallet)!,
        amountMicro: one.amount,
        generationId: ids[0]!,
        leaseSeconds: 60,
        deadline: null,
        apiKeyId: one.byKey ? keyId : null,
      },
    })),
  ];
  const results: (HoldResult | SettleResult)[] = await settleAndHold(
    pools,
    items,
    accountIds.get('revenue')!,
  );
  return results.map((result) => ({
    status: result.status,
    amount: 'capturedMicro' in result ? result.capturedMicro : result.availableMicro,
  }));
}

export function inModel({ model, ids }: Universe, command: Command): Answer[] {
  if ('flag' in command) {
    const found = model.accounts.get(command.account)!;
    if (command.flag === 'closed') found.closed = command.value;
    else if (found.kind === 'cash') found.frozen = command.value;
    return [];
  }
  if ('cap' in command) {
    const caps = model.caps.get('ada cash') ?? {};
    model.caps.set('ada cash', { ...caps, [command.cap]: command.limit ?? undefined });
    return [];
  }
  if ('stop' in command || 'lift' in command) {
    if ('stop' in command) model.stopped.add(command.stop);
    else model.stopped.delete(command.lift);
    return [];
  }
  if ('batch' in command)
    return [
      ...command.batch.settles.map((one) => {
        const { status, captured } = model.settle({
          id: ids[one.id]!,
          holdId: ids[one.hold]!,
          amount: one.amount,
        });
        return { status, amount: captured };
      }),
      ...command.batch.holds.map((one) => {
        const { status, available } = model.hold({
          id: ids[one.id]!,
          wallet: one.wallet,
          amount: one.amount,
          revenue: 'revenue',
          byKey: one.byKey,
        });
        return { status, amount: available };
      }),
    ];
  return command.groups.flatMap((group) =>
    model
      .post(
        group.map((one): ModelTransfer => {
          const { id: _, ...rest } = one;
          return 'pending' in rest
            ? { kind: rest.kind, id: ids[one.id]!, pendingId: ids[rest.pending]!, amount: rest.amount }
            : { ...rest, id: ids[one.id]! };
        }),
      )
      .map((status) => ({ status })),
  );
}

/** Every account's totals, by name. */
export async function totalsOf({ pools, accountIds }: Pick<Universe, 'pools' | 'accountIds'>) {
  const rows = await asService(pools, (tx) =>
    tx
      .selectFrom('ledger.account')
      .select(['id', 'debitsPending', 'debitsPosted', 'creditsPending', 'creditsPosted', 'version'])
      .where('id', 'in', [...accountIds.values()])
      .execute(),
  );
  const byId = new Map(rows.map(({ id: account, ...totals }) => [account, totals]));
  return Object.fromEntries([...accountIds].map(([name, account]) => [name, byId.get(account)!]));
}

export function totalsOfModel({ model }: Universe) {
  return Object.fromEntries(
    [...model.accounts].map(([name, one]) => [
      name,
      {
        debitsPending: one.debitsPending,
        debitsPosted: one.debitsPosted,
        creditsPending: one.creditsPending,
        creditsPosted: one.creditsPosted,
        version: one.version,
      },
    ]),
  );
}

/** Items of batches, one at a time: holds with few ids, so that settlements find them. */
export const holdsOrSettles = fc.oneof(
  fc
    .record({
      id: fc.integer({ min: 3, max: 12 }),
      wallet: fc.constantFrom('ada cash', 'ben cash'),
      amount,
      byKey: fc.boolean(),
    })
    .map((hold) => ({ hold })),
  fc
    .record({ id: fc.integer({ min: 13, max: 22 }), hold: fc.integer({ min: 3, max: 12 }), amount })
    .map((settle) => ({ settle })),
);
