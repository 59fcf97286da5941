import { startAnthropic } from '#sandbox/anthropic/anthropic.ts';
import { startOpenAi } from '#sandbox/openai/openai.ts';
import { startSandbox } from '#sandbox/start.ts';
import { type Product, startProduct } from './product.ts';

/** The product with two routes to OpenAI and to Anthropic: one in the US that takes all calls while it can, and one in the EU. */
export interface TwoRoutes {
  product: Product;
  /** Origins of the simulators, by route or provider. */
  urls: Record<string, string>;
  close(): Promise<void>;
}

export async function startTwoRoutes(environment: Record<string, string> = {}): Promise<TwoRoutes> {
  const sandbox = await startSandbox();
  const seconds = await Promise.all([startOpenAi({ port: 0 }), startAnthropic({ port: 0 })]);
  const urls = { ...sandbox.urls, 'openai-2': seconds[0].url, 'anthropic-2': seconds[1].url };
  const product = await startProduct({
    SANDBOX_URLS: JSON.stringify(urls),
    OPENAI_REGION: 'US',
    OPENAI_REGION_2: 'EU',
    OPENAI_WEIGHT_2: '0',
    ANTHROPIC_REGION: 'US',
    ANTHROPIC_REGION_2: 'EU',
    ANTHROPIC_WEIGHT_2: '0',
    PROVIDER_IDLE_SECONDS: '3',
    ...environment,
  });
  return {
    product,
    urls,
    close: async () => {
      await Promise.all(seconds.map((second) => second.close()));
      await sandbox.close();
    },
  };
}

/** Tells a simulator how to misbehave, see `sandbox/kit/faults.ts`. */
export async function misbehave(url: string, fault: object, times = 1, match?: object): Promise<void> {
  const answer = await fetch(`${url}/_control/faults`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ match, times, fault }),
  });
  if (!answer.ok) throw new Error(await answer.text());
}

/** Forgets what was queued and what was asked. */
export async function forget(...urls: string[]): Promise<void> {
  for (const url of urls)
    for (const what of ['faults', 'requests', 'tally'])
      await fetch(`${url}/_control/${what}`, { method: 'DELETE' });
}

/** How many calls asked for work. */
export async function callsTo(url: string): Promise<number> {
  const answer = await fetch(`${url}/_control/requests`);
  const { requests } = (await answer.json()) as { requests: { method: string }[] };
  return requests.filter(({ method }) => method === 'POST').length;
}
