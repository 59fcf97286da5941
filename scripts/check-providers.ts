import { createSecretKey, randomBytes } from 'node:crypto';
import { createInterface } from 'node:readline/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { shippedProviders } from '#server/catalogue/data/shipped-models.ts';
import { checkParams } from '#server/catalogue/params.ts';
import { upperBound } from '#server/catalogue/prices.ts';
import { costMicroOf, type ShippedModel } from '#server/catalogue/shipped.ts';
import { openEgress } from '#server/egress/egress.ts';
import { createRouting, type Routing } from '#server/generations/routing.ts';
import {
  type Adapter,
  adapterFor,
  type Call,
  type Context,
  ProviderFault,
  type Units,
} from '#server/providers/provider.ts';
import { providers } from '#server/providers/registry.ts';

/**
 * Calls the real hosts whose keys are set, once for each operation with its cheapest model, so that an operator can
 * trust a release. Says the most that this can cost, and asks. `--yes` asks nothing.
 */
interface Check {
  model: ShippedModel;
  providerId: string;
  adapter: Adapter;
  call: Call;
  boundMicro: bigint;
}

const WORDS = 'A small red circle on white. Answer briefly.';
const OUTPUT_TOKENS = 200;
const dollars = (micro: bigint): string => `${(Number(micro) / 1e6).toFixed(4)} USD`;

const routing = createRouting(
  providers,
  { mode: 'production', providerSetting: (name) => process.env[name] },
  {},
);
const checks = [...routing.openProviders()].flatMap((id) => checksOf(routing, id));
if (checks.length === 0) {
  console.log('No provider key is set, so there is nothing to check. The keys are in the table of settings.');
  process.exit(0);
}
for (const { model, boundMicro } of checks)
  console.log(`${model.id.padEnd(44)} at most ${dollars(boundMicro)}`);
const total = checks.reduce((sum, { boundMicro }) => sum + boundMicro, 0n);
if (!process.argv.includes('--yes') && !(await agreed(total))) process.exit(1);

const egress = openEgress();
let failed = 0;
for (const check of checks) failed += (await runs(check)) ? 0 : 1;
await egress.close();
process.exit(failed === 0 ? 0 : 1);

async function agreed(most: bigint): Promise<boolean> {
  const input = createInterface({ input: process.stdin, output: process.stdout });
  const answer = await input.question(`All together at most ${dollars(most)}. Go on? [y/N] `);
  input.close();
  return answer.trim().toLowerCase() === 'y';
}

/** The cheapest model of each operation that needs no file. */
function checksOf(open: Routing, providerId: string): Check[] {
  const models = shippedProviders.find(({ id }) => id === providerId)?.models ?? [];
  const cheapest = new Map<string, Check>();
  for (const model of models) {
    const check = checkOf(open, providerId, model);
    const known = cheapest.get(model.kind);
    if (check !== null && (known === undefined || check.boundMicro < known.boundMicro))
      cheapest.set(model.kind, check);
  }
  return [...cheapest.values()];
}

function checkOf(open: Routing, providerId: string, model: ShippedModel): Check | null {
  const provider = open.provider(providerId);
  if (provider.operations[model.kind] === undefined) return null;
  const text = model.kind === 'text';
  const checked = checkParams(
    model.parameters,
    text ? { max_completion_tokens: OUTPUT_TOKENS } : { prompt: WORDS },
  );
  if (!checked.ok) return null;
  const call: Call = {
    generationId: crypto.randomUUID(),
    operation: model.kind,
    upstreamModel: model.upstream,
    params: text ? { ...checked.params, messages: [{ role: 'user', content: WORDS }] } : checked.params,
    files: [],
    memberHash: 'release-check',
  };
  const adapter = adapterFor(provider, model.kind, model.upstream);
  const units =
    adapter.kind === 'stream' ? adapter.bound(call, { maxOutputTokens: OUTPUT_TOKENS }) : adapter.bound(call);
  const today = new Date().toISOString().slice(0, 10);
  const rows = model.prices
    .filter(({ from, until }) => (from ?? '') <= today && (until === undefined || until > today))
    .map((price) => ({
      unit: price.unit,
      costMicro: costMicroOf(price),
      priceMicro: costMicroOf(price),
      when: price.when ?? null,
    }));
  return { model, providerId, adapter, call, boundMicro: upperBound(rows, units, call.params).amountMicro };
}

async function runs({ model, providerId, adapter, call }: Check): Promise<boolean> {
  const route = routing.choose(providerId)!;
  const passage = {
    provider: providerId,
    route,
    resultHosts: routing.provider(providerId).resultHosts,
    hashKey: createSecretKey(randomBytes(32)),
    onReceipt: () => undefined,
  };
  const context: Context = {
    route,
    signal: new AbortController().signal,
    send: (request) => egress.send(passage, request),
  };
  const began = Date.now();
  try {
    const units = await usageOf(adapter, call, context);
    const words = Object.entries(units ?? {}).map(([unit, count]) => `${count} ${unit}`);
    console.log(`ok      ${model.id}  ${Date.now() - began} ms  ${words.join(', ') || 'no usage told'}`);
    return true;
  } catch (error) {
    const words = error instanceof ProviderFault ? error.message : String(error);
    console.log(`FAILED  ${model.id}  ${Date.now() - began} ms  ${words}`);
    return false;
  }
}

async function usageOf(adapter: Adapter, call: Call, context: Context): Promise<Units | null> {
  if (adapter.kind === 'stream') {
    for await (const event of adapter.stream(call, context)) if (event.type === 'end') return event.usage;
    throw new Error('the stream stopped without its end');
  }
  if (adapter.kind === 'reply') return (await adapter.run(call, context)).usage;
  const deadline = Date.now() + adapter.deadlineMs;
  let state = await adapter.submit(call, context);
  while (state.state === 'running') {
    if (Date.now() > deadline) throw new Error('not done within its deadline');
    await delay(state.pollAfterMs);
    state = await adapter.poll(state.task, context);
  }
  return state.usage;
}
