import type { Status } from '#server/ledger/transfer.ts';

/**
 * The rules of the ledger as plainly as they can be said: maps and bigints, no database, no batches. It is the oracle
 * of the property tests, and shares no code with what it judges.
 */

export interface ModelAccount {
  owner: string | null;
  kind: 'cash' | 'promo' | 'other';
  currency: string;
  /** Of a promotional bucket; smaller ends sooner. */
  ends: number;
  limited: boolean;
  frozen: boolean;
  closed: boolean;
  debitsPending: bigint;
  debitsPosted: bigint;
  creditsPending: bigint;
  creditsPosted: bigint;
  version: bigint;
}

interface Leg {
  debit: string;
  credit: string;
  amount: bigint;
}
interface Pending {
  legs: Leg[];
  /** Of caps: each counts the whole. */
  counts?: Leg[];
  ofGeneration: boolean;
  open: boolean;
}

interface Known {
  content: string;
  pending?: Pending;
  captured?: bigint;
}

export interface ModelHold {
  id: string;
  wallet: string;
  amount: bigint;
  revenue: string;
  /** Asked by the key that may have a cap. */
  byKey?: boolean;
}
export interface ModelSettlement {
  id: string;
  holdId: string;
  amount: bigint;
}
export type ModelTransfer =
  | {
      kind: 'single' | 'pending';
      id: string;
      debit: string;
      credit: string;
      amount: bigint;
      currency: string;
    }
  | { kind: 'post' | 'void'; id: string; pendingId: string; amount?: bigint };

export interface Model {
  accounts: Map<string, ModelAccount>;
  /** Currencies in which nothing is posted. */
  stopped: Set<string>;
  /** Limits by wallet: of all, and of the key. They count on `<owner> cap` and `<owner> key cap`. */
  caps: Map<string, { wallet?: bigint; key?: bigint }>;
  addAccount(
    name: string,
    account: Pick<ModelAccount, 'owner' | 'kind' | 'currency'> & { ends?: number },
  ): void;
  hold(hold: ModelHold): { status: Status; available: bigint };
  settle(settlement: ModelSettlement): { status: Status; captured: bigint };
  /** Linked: all or none. */
  post(group: ModelTransfer[]): Status[];
}

export function createModel(): Model {
  const accounts = new Map<string, ModelAccount>();
  const known = new Map<string, Known>();
  const stopped = new Set<string>();
  const caps: Model['caps'] = new Map();
  const capsOn = (cash: ModelAccount, wallet: string, byKey: boolean) => {
    const { wallet: ofAll, key } = caps.get(wallet) ?? {};
    return [
      { name: `${cash.owner} cap`, limit: ofAll },
      { name: `${cash.owner} key cap`, limit: byKey ? key : undefined },
    ].flatMap(({ name, limit }) => (limit === undefined ? [] : [{ name, limit }]));
  };

  const free = (account: ModelAccount) =>
    account.creditsPosted - account.debitsPosted - account.debitsPending;
  const bucketsOf = (cash: ModelAccount) =>
    [...accounts.entries()]
      .filter(
        ([, other]) =>
          other === cash ||
          (other.owner === cash.owner &&
            other.kind === 'promo' &&
            other.currency === cash.currency &&
            !other.closed),
      )
      .sort(([, a], [, b]) => Number(a.kind === 'cash') - Number(b.kind === 'cash') || a.ends - b.ends);
  const availableOf = (cash: ModelAccount) =>
    bucketsOf(cash).reduce((sum, [, bucket]) => sum + free(bucket), 0n);
  const touch = (...names: string[]) => {
    for (const name of names) accounts.get(name)!.version++;
  };

  function hold({ id, wallet, amount, revenue, byKey = false }: ModelHold) {
    const cash = accounts.get(wallet);
    const content = `hold ${wallet} ${amount}`;
    const before = known.get(id);
    const available = cash?.kind === 'cash' ? availableOf(cash) : 0n;
    if (before !== undefined)
      return { status: before.content === content ? ('replay' as const) : ('mismatch' as const), available };
    if (cash?.kind !== 'cash') return { status: 'not_found' as const, available };
    if (amount < 0n) return { status: 'invalid' as const, available };
    if (cash.closed) return { status: 'closed' as const, available };
    if (cash.frozen) return { status: 'frozen' as const, available };
    if (accounts.get(revenue)?.currency !== cash.currency) return { status: 'currency' as const, available };
    if (stopped.has(cash.currency)) return { status: 'stopped' as const, available };
    if (amount > available) return { status: 'insufficient' as const, available };
    const counting = amount === 0n ? [] : capsOn(cash, wallet, byKey);
    const left = counting.map(({ name, limit }) => limit - usedOf(accounts.get(name)!));
    const least = left.reduce(lesser, amount);
    if (least < amount) return { status: 'capped' as const, available: least > 0n ? least : 0n };
    const legs: Pending['legs'] = [];
    let missing = amount;
    for (const [name, bucket] of bucketsOf(cash)) {
      const part = lesser(missing, free(bucket));
      if (part <= 0n && !(amount === 0n && bucket === cash)) continue;
      legs.push({ debit: name, credit: revenue, amount: part });
      // The account to be credited is only named: it changes at the capture.
      bucket.debitsPending += part;
      touch(name);
      missing -= part;
      if (missing === 0n) break;
    }
    const counts = counting.map(({ name }) => ({ debit: name, credit: `${cash.owner} counted`, amount }));
    for (const { debit } of counts) {
      accounts.get(debit)!.debitsPending += amount;
      touch(debit);
    }
    known.set(id, { content, pending: { legs, counts, ofGeneration: true, open: true } });
    return { status: 'ok' as const, available: available - amount };
  }

  function settle({ id, holdId, amount }: ModelSettlement) {
    const content = `settle ${holdId} ${amount}`;
    const held = known.get(holdId)?.pending;
    if (held?.open && held.ofGeneration && stopped.has(accounts.get(held.legs[0]!.debit)!.currency))
      return { status: 'stopped' as const, captured: 0n };
    const before = known.get(id);
    if (before !== undefined)
      return before.content === content
        ? { status: 'replay' as const, captured: before.captured ?? 0n }
        : { status: 'mismatch' as const, captured: 0n };
    if (amount < 0n) return { status: 'invalid' as const, captured: 0n };
    const pending = known.get(holdId)?.pending;
    if (pending === undefined) return { status: 'not_found' as const, captured: 0n };
    if (!pending.open || !pending.ofGeneration) return { status: 'not_pending' as const, captured: 0n };
    pending.open = false;
    let left = amount;
    let captured = 0n;
    for (const leg of pending.legs) {
      const part = lesser(left, leg.amount);
      take(leg, part);
      left -= part;
      captured += part;
    }
    for (const leg of pending.counts ?? []) take(leg, lesser(amount, leg.amount));
    known.set(id, { content, captured });
    return { status: left > 0n ? ('exceeds' as const) : ('ok' as const), captured };
  }

  /** Of a generation's hold: the credit account was only named, and changes by what is taken. */
  function take(leg: Leg, part: bigint) {
    const debit = accounts.get(leg.debit)!;
    debit.debitsPending -= leg.amount;
    debit.debitsPosted += part;
    touch(leg.debit);
    if (part === 0n) return;
    accounts.get(leg.credit)!.creditsPosted += part;
    touch(leg.credit);
  }

  function resolve(leg: Pending['legs'][number], posted: bigint) {
    const debit = accounts.get(leg.debit)!;
    const credit = accounts.get(leg.credit)!;
    debit.debitsPending -= leg.amount;
    credit.creditsPending -= leg.amount;
    debit.debitsPosted += posted;
    credit.creditsPosted += posted;
    touch(leg.debit, leg.credit);
  }

  function postOne(transfer: ModelTransfer): Status {
    const content = contentOf(transfer);
    const before = known.get(transfer.id);
    if (before !== undefined) return before.content === content ? 'replay' : 'mismatch';
    if ('pendingId' in transfer) {
      const pending = known.get(transfer.pendingId)?.pending;
      if (pending === undefined) return 'not_found';
      if (pending.open && stopped.has(accounts.get(pending.legs[0]!.debit)!.currency)) return 'stopped';
      if (!pending.open || pending.ofGeneration) return 'not_pending';
      const leg = pending.legs[0]!;
      const amount = transfer.kind === 'void' ? 0n : (transfer.amount ?? leg.amount);
      if (amount > leg.amount) return 'exceeds';
      if (transfer.kind === 'post' && amount <= 0n) return 'invalid';
      pending.open = false;
      resolve(leg, amount);
      known.set(transfer.id, { content });
      return 'ok';
    }
    if (stopped.has(transfer.currency)) return 'stopped';
    const debit = accounts.get(transfer.debit);
    const credit = accounts.get(transfer.credit);
    if (debit === undefined || credit === undefined) return 'not_found';
    if (debit.closed || credit.closed) return 'closed';
    if (debit.currency !== transfer.currency || credit.currency !== transfer.currency) return 'currency';
    if (transfer.amount <= 0n || debit === credit) return 'invalid';
    if (debit.owner !== null && credit.owner !== null && debit.owner !== credit.owner) return 'invalid';
    if (debit.limited && transfer.amount > free(debit)) return 'insufficient';
    const { amount } = transfer;
    if (transfer.kind === 'single') {
      debit.debitsPosted += amount;
      credit.creditsPosted += amount;
    } else {
      debit.debitsPending += amount;
      credit.creditsPending += amount;
    }
    touch(transfer.debit, transfer.credit);
    const pending =
      transfer.kind === 'pending'
        ? {
            legs: [{ debit: transfer.debit, credit: transfer.credit, amount }],
            ofGeneration: false,
            open: true,
          }
        : undefined;
    known.set(transfer.id, { content, pending });
    return 'ok';
  }

  function post(group: ModelTransfer[]): Status[] {
    const savedAccounts = structuredClone([...accounts]);
    const savedKnown = structuredClone([...known]);
    const statuses: Status[] = [];
    for (const transfer of group) {
      const status = postOne(transfer);
      statuses.push(status);
      if (status === 'ok' || status === 'replay') continue;
      accounts.clear();
      for (const [name, account] of savedAccounts) accounts.set(name, account);
      known.clear();
      for (const [id, one] of savedKnown) known.set(id, one);
      return group.map((_, n) => (n === statuses.length - 1 ? status : 'linked'));
    }
    return statuses;
  }

  return {
    accounts,
    stopped,
    caps,
    addAccount: (name, { owner, kind, currency, ends = 0 }) => {
      accounts.set(name, {
        owner,
        kind,
        currency,
        ends,
        limited: kind !== 'other',
        frozen: false,
        closed: false,
        debitsPending: 0n,
        debitsPosted: 0n,
        creditsPending: 0n,
        creditsPosted: 0n,
        version: 0n,
      });
    },
    hold,
    settle,
    post,
  };
}

function contentOf(transfer: ModelTransfer): string {
  return 'pendingId' in transfer
    ? `${transfer.kind} ${transfer.pendingId} ${transfer.amount ?? ''}`
    : `${transfer.kind} ${transfer.debit} ${transfer.credit} ${transfer.amount} ${transfer.currency}`;
}

function usedOf(cap: ModelAccount): bigint {
  return cap.debitsPosted + cap.debitsPending;
}

function lesser(a: bigint, b: bigint): bigint {
  return a < b ? a : b;
}
