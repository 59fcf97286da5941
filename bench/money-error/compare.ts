import { type Catalogue, priceOf } from '#server/catalogue/catalogue.ts';
import { openCatalogue } from '#server/catalogue/open.ts';
import type { Pools } from '#server/database/connections.ts';
import { asService } from '#server/database/transaction.ts';

interface Use {
  id: string;
  model: string;
  units: Record<string, number>;
  charged: boolean;
  mark?: number;
}

interface Row {
  id: string;
  modelId: string;
  priceVersion: string;
  state: string;
  ending: string | null;
  heldMicro: bigint;
  chargedMicro: bigint;
  countedBy: string | null;
  units: unknown;
  cameLate: boolean;
}

interface Figures {
  generations: number;
  charged: number;
  house_borne: number;
  error: number;
}

export interface Verdict {
  generations: number;
  chargedMicro: bigint;
  /** Charges that no work answers, less work that was delivered and not charged. */
  errorMicro: bigint;
  houseMicro: bigint;
  /** What the house bears, by how the generation ended. */
  houseBy: Record<string, number>;
  late: number;
  byCause: Record<string, Figures>;
  faults: string[];
}

/**
 * Sets each generation beside the work that the simulators counted under its mark, and nothing else. docs/decisions/
 * ledger-money-error.md has what is told apart. `marks` names the mark of a generation, `causes` what was asked for.
 */
export async function compare(
  pools: Pools,
  simulators: Record<string, string>,
  marks: (generationId: string) => Promise<number | null>,
  causes: Map<number, string>,
): Promise<Verdict> {
  const catalogue = await openCatalogue(pools, () => true);
  const rows = (await asService(pools, (tx) =>
    tx
      .selectFrom('generations.generation')
      .select([
        'id',
        'modelId',
        'priceVersion',
        'state',
        'ending',
        'heldMicro',
        'chargedMicro',
        'countedBy',
        'units',
        'cameLate',
      ])
      .execute(),
  )) as Row[];
  const { byMark, unmarked } = await usesOf(simulators);
  const verdict: Verdict = {
    generations: rows.length,
    chargedMicro: 0n,
    errorMicro: 0n,
    houseMicro: 0n,
    houseBy: {},
    late: 0,
    byCause: {},
    faults: [],
  };
  const nameless: Row[] = [];
  const set = (row: Row, cause: string, uses: Use[]) => {
    const { error, house } = judge(catalogue, row, uses);
    count(verdict, cause, row, error, house);
    if (error !== 0n)
      verdict.faults.push(
        `${row.id} of ${row.modelId} ended as ${row.state} (${row.ending ?? 'delivered'}), charged ${row.chargedMicro} for ${JSON.stringify(row.units)}, counted ${JSON.stringify(uses)}`,
      );
  };
  for (const row of rows) {
    const mark = await marks(row.id);
    if (mark === null) nameless.push(row);
    else {
      set(row, causes.get(mark) ?? 'asked by nobody', byMark.get(mark) ?? []);
      byMark.delete(mark);
    }
  }
  // A call of /v1 writes down what was asked when it ends: one that a kill met has no mark in the books, only its model.
  for (const row of nameless) {
    const { upstream } = catalogue.atVersion(row.priceVersion)!;
    const found = [...byMark].find(([, uses]) => uses.every(({ model }) => model === upstream));
    if (found !== undefined) byMark.delete(found[0]);
    set(row, 'met by a kill', found?.[1] ?? []);
  }
  // Work for which there is no generation at all: somebody's money, or ours, was spent on nothing that we know of.
  for (const use of [...[...byMark.values()].flat(), ...unmarked]) {
    verdict.faults.push(`no generation for ${JSON.stringify(use)}`);
    verdict.errorMicro -= 1n;
  }
  return verdict;
}

/** What was charged too much or, below zero, too little; and what the house bears. */
function judge(catalogue: Catalogue, row: Row, uses: Use[]): { error: bigint; house: bigint } {
  const model = catalogue.atVersion(row.priceVersion);
  if (model === null) throw new Error(`price list ${row.priceVersion} is gone`);
  const priced = (row.units ?? []) as { unit: string; quantity: string }[];
  const priceOfUse = (use: Use) => {
    const units = Object.fromEntries(
      Object.entries(use.units).map(([unit, n]) => [unit, BigInt(Math.round(n))]),
    );
    return priceOf(model, units as never, {}).amountMicro;
  };
  const same = uses.findIndex((use) =>
    priced.every(({ unit, quantity }) => BigInt(Math.round(use.units[unit] ?? 0)) === BigInt(quantity)),
  );
  // Charged by the provider's own count: whatever else it counted for this is ours.
  const isExact = row.chargedMicro > 0n && same >= 0;
  const rest = uses.filter((_, n) => !(isExact && n === same));
  const counted = rest.reduce((sum, use) => sum + priceOfUse(use), 0n);
  if (isExact) return { error: 0n, house: counted };
  if (row.chargedMicro === 0n) {
    // Delivered, counted and free by no price: somebody got it for nothing.
    const isGift = row.state === 'settled' && row.heldMicro > 0n && counted > 0n;
    return isGift ? { error: -counted, house: 0n } : { error: 0n, house: counted };
  }
  // An estimate of ours for what the person had before it broke off: never above what the provider counted.
  if (row.countedBy === 'estimated' && uses.length > 0) {
    const above = row.chargedMicro - counted;
    return above > 0n ? { error: above, house: 0n } : { error: 0n, house: -above };
  }
  return { error: row.chargedMicro - counted, house: 0n };
}

function count(verdict: Verdict, cause: string, row: Row, error: bigint, house: bigint) {
  verdict.chargedMicro += row.chargedMicro;
  verdict.errorMicro += error;
  verdict.houseMicro += house;
  if (row.cameLate) verdict.late++;
  if (house > 0n) {
    const ending = `${row.state}: ${row.ending ?? (row.countedBy === 'estimated' ? 'estimated' : 'counted twice')}`;
    verdict.houseBy[ending] = (verdict.houseBy[ending] ?? 0) + Number(house);
  }
  verdict.byCause[cause] ??= { generations: 0, charged: 0, house_borne: 0, error: 0 };
  const figures = verdict.byCause[cause];
  figures.generations++;
  figures.charged += Number(row.chargedMicro);
  figures.house_borne += Number(house);
  figures.error += Number(error);
}

/** What the simulators ask money for, by the mark of the work. */
export async function usesOf(simulators: Record<string, string>) {
  const byMark = new Map<number, Use[]>();
  const unmarked: Use[] = [];
  for (const [id, url] of Object.entries(simulators)) {
    // The same tally at another address; payments are no work.
    if (id.endsWith('-delivery') || id === 'stripe' || id.startsWith('google-identity')) continue;
    const tally = (await control(url, 'GET', 'tally').catch(() => null)) as {
      count: number;
      uses: Use[];
    } | null;
    if (tally === null) continue;
    if (tally.count > tally.uses.length) throw new Error(`${id} counted more than it can show`);
    for (const use of tally.uses.filter(({ charged }) => charged)) {
      if (use.mark === undefined) unmarked.push(use);
      else byMark.set(use.mark, [...(byMark.get(use.mark) ?? []), use]);
    }
  }
  return { byMark, unmarked };
}

/** Asks or tells a simulator's control route. */
export async function control(url: string, method: string, what: string, body?: object): Promise<unknown> {
  const reply = await fetch(`${url}/_control/${what}`, {
    method,
    headers: body === undefined ? {} : { 'content-type': 'application/json' },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  if (!reply.ok) throw new Error(`${url} answered ${reply.status}`);
  return reply.json().catch(() => null);
}
