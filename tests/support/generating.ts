import { setTimeout as delay } from 'node:timers/promises';
import { newId } from '#server/database/ids.ts';
import type { Visitor } from './product.ts';

/** What tests read of a generation on the wire. */
export interface Seen {
  id: string;
  state: string;
  heldMicro: string;
  chargedMicro: string;
  releasedMicro: string;
  text: string | null;
  title: string;
  modelId: string;
  files: { id: string }[];
  params: Record<string, unknown>;
  ending: { why: string; message: string } | null;
  outputs: { url: string; mediaType: string; width: number | null }[];
  sentTo: { host: string; region: string; provider: string; kinds: string[]; bytes: number }[];
  countedBy: string | null;
  cameLate: boolean;
  transactionId: string | null;
  finishedAt: string | null;
  heldUntil: string | null;
  progress: number | null;
}

export interface AskFor {
  modelId: string;
  params: Record<string, unknown>;
  fileIds?: string[];
}

export const aText = (prompt: string, params: object = {}): AskFor => ({
  modelId: 'openai/gpt-6-luna',
  params: { messages: [{ role: 'user', content: prompt }], ...params },
});
export const anImage = (prompt: string, params: object = {}): AskFor => ({
  modelId: 'flux/flux-2-klein-4b',
  params: { prompt, width: 512, height: 512, ...params },
});

/** Quotes and starts; answers the id. Throws when either is refused. */
export async function start(visitor: Visitor, ask: AskFor, id = newId()): Promise<string> {
  const whole = { fileIds: [], ...ask };
  const quote = await visitor.call<{ quote: string }>('POST', '/api/quotes', whole);
  if (quote.status !== 200) throw new Error(`no quote: ${JSON.stringify(quote.json)}`);
  const started = await visitor.call<Seen>('POST', '/api/generations', {
    id,
    quote: quote.json.quote,
    ask: whole,
  });
  if (started.status !== 200) throw new Error(`not started: ${JSON.stringify(started.json)}`);
  return id;
}

export async function look(visitor: Visitor, id: string): Promise<Seen> {
  const { status, json } = await visitor.call<Seen>('GET', `/api/generations/${id}`);
  if (status !== 200) throw new Error(`not found: ${JSON.stringify(json)}`);
  return json;
}

/** Waits until what is seen satisfies `is`. */
export async function until(
  visitor: Visitor,
  id: string,
  is: (seen: Seen) => boolean,
  mostMs = 45_000,
): Promise<Seen> {
  const end = Date.now() + mostMs;
  for (;;) {
    const seen = await look(visitor, id);
    if (is(seen)) return seen;
    if (Date.now() > end) throw new Error(`still ${seen.state}: ${JSON.stringify(seen).slice(0, 600)}`);
    await delay(100);
  }
}

export const finished = (visitor: Visitor, id: string) =>
  until(visitor, id, (seen) => seen.finishedAt !== null);

export async function run(visitor: Visitor, ask: AskFor): Promise<Seen> {
  return finished(visitor, await start(visitor, ask));
}

export async function walletOf(visitor: Visitor): Promise<{ available: bigint; held: bigint }> {
  const { json } = await visitor.call<{ availableMicro: string; heldMicro: string }>('GET', '/api/wallet');
  return { available: BigInt(json.availableMicro), held: BigInt(json.heldMicro) };
}

/** The wallet once nothing is held any more: captures follow their answers. */
export async function settledWallet(visitor: Visitor): Promise<{ available: bigint; held: bigint }> {
  for (const end = Date.now() + 20_000; ; await delay(50)) {
    const wallet = await walletOf(visitor);
    if (wallet.held === 0n || Date.now() > end) return wallet;
  }
}

/** The staff's audit from the start: nothing may be found. */
export async function auditOf(staff: Visitor): Promise<{ ok: boolean; findings: unknown[] }> {
  const { json } = await staff.call<{ ok: boolean; findings: unknown[] }>(
    'POST',
    '/api/console/ledger/audit',
    { from: 'start' },
  );
  return { ok: json.ok, findings: json.findings };
}
