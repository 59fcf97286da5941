import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { createRouting } from '#server/generations/routing.ts';
import { readAnswer, unitsOf } from '#server/providers/answers.ts';
import { openBench } from '#server/providers/contract-bench.ts';
import {
  adapterFor,
  type Call,
  type Provider,
  ProviderFault,
  type ReplyAdapter,
} from '#server/providers/provider.ts';
import { providers } from '#server/providers/registry.ts';
import { type Host, startHost } from '#tests/support/host.ts';

/** All that a new provider is: an object of the port's shape, written with nothing but the port and its kit. */
const letters: ReplyAdapter = {
  kind: 'reply',
  bound: (call) => unitsOf({ character: String(call.params.prompt).length }),
  async run(call, { route, send }) {
    const answer = await send({
      method: 'POST',
      url: `${route.baseUrl}/letters`,
      headers: { authorization: `Toy ${route.key}` },
      body: JSON.stringify({ text: call.params.prompt }),
      kinds: ['prompt'],
    });
    const { file, letters } = await readAnswer(
      answer,
      z.object({ file: z.string(), letters: z.number() }),
      (status) => new ProviderFault(status === 401 ? 'auth' : 'unknown', String(status), { accepted: 'no' }),
    );
    return {
      state: 'done',
      artifacts: [{ bytes: Buffer.from(file, 'base64'), mediaType: 'audio/wav' }],
      usage: unitsOf({ character: letters }),
    };
  },
};

const toy: Provider = {
  id: 'toy',
  terms: {
    name: 'Toy',
    company: 'Toy',
    termsUrl: 'https://toy.example/terms',
    privacyUrl: 'https://toy.example/privacy',
    regions: ['EU'],
    retention: 'None.',
    training: 'None.',
    readOn: '2026-11-24',
  },
  settings: {
    key: 'TOY_KEY',
    baseUrl: 'TOY_BASE_URL',
    defaultBaseUrl: 'https://api.toy.example/v1',
    region: 'TOY_REGION',
    keyPrefix: 'toy-',
  },
  resultHosts: [],
  operations: { speech: letters },
};

let host: Host;

beforeAll(async () => {
  host = await startHost((request, response) => {
    if (request.url?.startsWith('/_control/')) return response.end('{}');
    if (request.headers.authorization?.startsWith('Toy toy-') !== true) return response.writeHead(401).end();
    request.on('data', (body: Buffer) => {
      const { text } = JSON.parse(body.toString()) as { text: string };
      response.end(JSON.stringify({ file: Buffer.from(text).toString('base64'), letters: text.length }));
    });
  });
});
afterAll(() => host.close());

const bench = openBench(toy, async () => ({ url: host.url, close: async () => undefined }));

test('a provider from outside the house is one more entry of the list: routed, priced by unit, and delivered', async () => {
  const all = [...providers, toy];
  const routing = createRouting(
    all,
    { mode: 'sandbox', providerSetting: () => undefined },
    { toy: host.url },
  );
  expect([...routing.openProviders()]).toEqual(['toy']);
  expect(routing.choose('toy')).toMatchObject({ baseUrl: `${host.url}/v1`, key: 'toy-sandbox-key' });

  const call: Call = {
    generationId: crypto.randomUUID(),
    operation: 'speech',
    upstreamModel: 'abc',
    params: { prompt: 'hello' },
    files: [],
    memberHash: 'hash',
  };
  const adapter = adapterFor(routing.provider('toy'), 'speech', 'abc') as ReplyAdapter;
  expect(adapter.bound(call)).toEqual({ character: 5n });
  expect(await adapter.run(call, bench.context())).toMatchObject({ usage: { character: 5n } });
  await expect(adapter.run(call, bench.context('wrong'))).rejects.toMatchObject({ kind: 'auth' });
});
