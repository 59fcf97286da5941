import { openCatalogue, priceOf } from '#server/catalogue/catalogue.ts';
import type { Pools } from '#server/database/connections.ts';
import { asService } from '#server/database/transaction.ts';
import { stories } from './stories.ts';

interface Use {
  model: string;
  units: Record<string, number>;
  charged: boolean;
}

interface Figures {
  generations: number;
  charged: number;
  house: number;
  error: number;
}

/**
 * Takes each charge off the pile of what the simulators counted. What finds no fellow is money error; what is left of the
 * pile is the house's where a generation of that model was given up, and money error where none was.
 */
export async function compare(pools: Pools, simulators: Record<string, string>) {
  const catalogue = await openCatalogue(pools);
  const rows = await asService(pools, (tx) =>
    tx
      .selectFrom('generations.generation')
      .select(['modelId', 'priceVersion', 'state', 'chargedMicro', 'units'])
      .execute(),
  );
  const left = await usesOf(simulators);
  const byCause: Record<string, Figures> = {};
  const sum = { generations: rows.length, chargedMicro: 0n, errorMicro: 0n, houseMicro: 0n, byCause };
  const sold = new Map<string, { modelId: string; priceVersion: string; givenUp: number }>();
  for (const row of rows) {
    const { upstream } = catalogue.atVersion(row.priceVersion)!;
    const model = sold.get(upstream) ?? { ...row, givenUp: 0 };
    sold.set(upstream, model);
    const figures = figuresOf(byCause, row.modelId);
    figures.generations++;
    const units = (row.units ?? []) as { unit: string; quantity: string }[];
    const settled = row.state === 'settled' && units.length > 0;
    if (settled) {
      sum.chargedMicro += row.chargedMicro;
      figures.charged += Number(row.chargedMicro);
    } else model.givenUp++;
    // Nothing is due for what was given up; what was settled must have been used.
    if (settled && takeFrom(left.get(upstream) ?? [], units)) continue;
    sum.errorMicro += row.chargedMicro;
    figures.error += Number(row.chargedMicro);
  }
  for (const [upstream, pile] of left) {
    const model = sold.get(upstream);
    if (model === undefined) continue;
    const figures = figuresOf(byCause, model.modelId);
    for (const use of pile) {
      const units = Object.fromEntries(
        Object.entries(use.units).map(([unit, n]) => [unit, BigInt(Math.round(n))]),
      );
      const { amountMicro } = priceOf(catalogue.atVersion(model.priceVersion)!, units as never, {});
      if (model.givenUp-- > 0) {
        sum.houseMicro += amountMicro;
        figures.house += Number(amountMicro);
      } else {
        sum.errorMicro += amountMicro;
        figures.error -= Number(amountMicro);
      }
    }
  }
  console.table(byCause);
  return sum;
}

const causes = new Map(stories.map((story) => [story.model, story.cause]));

function figuresOf(byCause: Record<string, Figures>, modelId: string): Figures {
  const cause = causes.get(modelId) ?? modelId;
  byCause[cause] ??= { generations: 0, charged: 0, house: 0, error: 0 };
  return byCause[cause];
}

/** What the simulators ask money for, by upstream model. */
async function usesOf(simulators: Record<string, string>): Promise<Map<string, Use[]>> {
  const uses = new Map<string, Use[]>();
  for (const [id, url] of Object.entries(simulators)) {
    if (id.endsWith('-delivery')) continue; // the same tally at another address
    const tally = (await control(url, 'GET', 'tally').catch(() => null)) as { uses?: Use[] } | null;
    for (const use of tally?.uses ?? [])
      if (use.charged)
        uses
          .set(use.model, uses.get(use.model) ?? [])
          .get(use.model)!
          .push(use);
  }
  return uses;
}

function takeFrom(pile: Use[], units: { unit: string; quantity: string }[]): boolean {
  const at = pile.findIndex((use) =>
    units.every(({ unit, quantity }) => BigInt(use.units[unit] ?? 0) === BigInt(quantity)),
  );
  if (at >= 0) pile.splice(at, 1);
  return at >= 0;
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
