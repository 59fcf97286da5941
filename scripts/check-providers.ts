import { createSecretKey, randomBytes } from 'node:crypto';
import { createInterface } from 'node:readline/promises';
import { parseArgs } from 'node:util';
import sharp from 'sharp';
import { shippedProviders } from '#server/catalogue/data/shipped-models.ts';
import { type Egress, openEgress } from '#server/egress/egress.ts';
import { createRouting, type Routing } from '#server/generations/routing.ts';
import { type Context, ProviderFault } from '#server/providers/provider.ts';
import { providers } from '#server/providers/registry.ts';
import { wavOf } from '#server/providers/wav.ts';
import { type Check, checksOf, modelsOf, type TestFiles, uncovered, withinLimit } from './check-plan.ts';
import { refusesKey, runCheck } from './check-run.ts';

/**
 * Runs the contract at the real hosts whose keys are set, so that an operator can trust a release: each operation once
 * with its cheapest call, a round of tools, and a wrong key. Says the most that it can cost before it asks.
 *
 * `--yes` asks nothing; `--limit 2.50` is the most to spend, in US dollars (1.00 when not given): what does not fit is
 * left out and named; `--only openai,google` leaves out the others.
 */
const { values: given } = parseArgs({
  options: {
    yes: { type: 'boolean', default: false },
    limit: { type: 'string', default: '1.00' },
    only: { type: 'string' },
  },
});
const limitMicro = microOf(given.limit);
const only = given.only?.split(',');
const dollars = (micro: bigint): string => `${(Number(micro) / 1e6).toFixed(4)} USD`;
const nameOf = ({ model, what }: Check): string => (what === 'tools' ? `${model.id} (tools)` : model.id);

const routing = createRouting(
  providers,
  { mode: 'production', providerSetting: (name) => process.env[name] || undefined },
  {},
);
const open = [...routing.openProviders()].filter((id) => only?.includes(id) ?? true);
if (open.length === 0) {
  console.log('No provider key is set, so there is nothing to check. The keys are in the table of settings.');
  process.exit(0);
}
const egress = openEgress();
const code = await main(egress).finally(() => egress.close());
process.exit(code);

async function main(out: Egress): Promise<number> {
  const files = await testFiles();
  const checks: Check[] = [];
  for (const id of open) checks.push(...(await planOf(id, out, files)));
  const { run, left, mostMicro } = withinLimit(checks, limitMicro);
  for (const check of run) console.log(`${nameOf(check).padEnd(52)} at most ${dollars(check.boundMicro)}`);
  for (const check of left)
    console.log(
      `${nameOf(check).padEnd(52)} left out: at most ${dollars(check.boundMicro)}, beyond the limit`,
    );
  console.log(`All together at most ${dollars(mostMicro)}, of a limit of ${dollars(limitMicro)}.`);
  if (run.length === 0) return 1;
  if (!given.yes && !(await agreed())) return 1;
  return (await runAll(run, out)) ? 0 : 1;
}

async function planOf(id: string, out: Egress, files: TestFiles): Promise<Check[]> {
  const provider = routing.provider(id);
  const shipped = shippedProviders.find((each) => each.id === id)?.models ?? [];
  try {
    const planned = checksOf(provider, await modelsOf(id, shipped, contextOf(routing, id, out)), files);
    for (const operation of uncovered(provider, planned))
      console.log(`${id} ${operation}: no model that can be called without a clip of one's own`);
    return planned;
  } catch (error) {
    console.log(`FAILED  ${id}: its models could not be listed: ${wordsOf(error)}`);
    return [];
  }
}

async function runAll(checks: readonly Check[], out: Egress): Promise<boolean> {
  let spentMicro = 0n;
  let failed = 0;
  const keysTried = new Set<string>();
  for (const check of checks) {
    const context = contextOf(routing, check.providerId, out);
    const began = Date.now();
    try {
      const { units, costMicro, seen } = await runCheck(check, context);
      spentMicro += costMicro;
      const used = Object.entries(units).map(([unit, count]) => `${count} ${unit}`);
      console.log(
        `ok      ${nameOf(check)}  ${Date.now() - began} ms  ${dollars(costMicro)}  ${used.join(', ')}  ${seen}`,
      );
    } catch (error) {
      failed += 1;
      console.log(`FAILED  ${nameOf(check)}  ${Date.now() - began} ms  ${wordsOf(error)}`);
    }
    if (keysTried.has(check.providerId) || check.providerId === 'local') continue;
    keysTried.add(check.providerId);
    const wrong = await refusesKey(check, context);
    if (wrong !== null) failed += 1;
    console.log(
      wrong === null
        ? `ok      ${check.providerId}  refuses a wrong key`
        : `FAILED  ${check.providerId}  ${wrong}`,
    );
  }
  console.log(`${failed === 0 ? 'All well' : `${failed} failed`}. Spent about ${dollars(spentMicro)}.`);
  return failed === 0;
}

function contextOf(from: Routing, providerId: string, out: Egress): Context {
  const route = from.choose(providerId)!;
  const passage = {
    provider: providerId,
    route,
    resultHosts: from.provider(providerId).resultHosts,
    hashKey: createSecretKey(randomBytes(32)),
    onReceipt: () => undefined,
  };
  return { route, signal: new AbortController().signal, send: (request) => out.send(passage, request) };
}

async function agreed(): Promise<boolean> {
  const input = createInterface({ input: process.stdin, output: process.stdout });
  const answer = await input.question('Go on? [y/N] ');
  input.close();
  return answer.trim().toLowerCase() === 'y';
}

function microOf(usd: string): bigint {
  if (!/^\d+(\.\d{1,6})?$/.test(usd))
    throw new Error(`--limit is an amount in US dollars, such as 2.50, not ${usd}`);
  const [whole = '0', fraction = ''] = usd.split('.');
  return BigInt(whole + fraction.padEnd(6, '0'));
}

function wordsOf(error: unknown): string {
  return error instanceof ProviderFault ? error.message : String(error);
}

async function testFiles(): Promise<TestFiles> {
  const circle = Buffer.from(
    '<svg xmlns="http://www.w3.org/2000/svg" width="512" height="512"><rect width="512" height="512" fill="#fff"/><circle cx="256" cy="256" r="120" fill="#c22"/></svg>',
  );
  const seconds = 2;
  return {
    image: {
      id: '0190a0a0-0000-7000-8000-000000000001',
      name: 'circle.png',
      mediaType: 'image/png',
      width: 512,
      height: 512,
      bytes: await sharp(circle).png().toBuffer(),
    },
    audio: {
      id: '0190a0a0-0000-7000-8000-000000000002',
      name: 'silence.wav',
      mediaType: 'audio/wav',
      durationSeconds: seconds,
      bytes: wavOf(Buffer.alloc(16_000 * 2 * seconds), 16_000),
    },
  };
}
