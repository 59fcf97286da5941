/**
 * What a paid call costs beside a bare proxy: `/v1/chat/completions` with holds, captures, sealed bodies and receipts,
 * against Fastify + undici passing the same request through, in turn, on the same machine and the same simulator.
 */
import { fork } from 'node:child_process';
import Fastify from 'fastify';
import { Pool } from 'undici';
import { discard, startProduct } from '#tests/support/product.ts';
import { type Load, load } from './kit.ts';

const SECONDS = Number(process.env.BENCH_SECONDS ?? 4);
const ROUNDS = 3;
const CALLERS = [1, 64];

interface Target {
  name: 'bare' | 'mluen';
  url: string;
  key: string;
  model: string;
}

// Forked by itself as the bare proxy.
if (process.argv[2] === 'bare') await serveBare(process.argv[3]!);

export async function bench(): Promise<Record<string, unknown>> {
  const product = await startProduct({ LOG_LEVEL: 'error' });
  const child = fork(import.meta.filename, ['bare', product.simulators.openai!]);
  const bareUrl = await new Promise<string>((resolve) =>
    child.once('message', (url) => resolve(String(url))),
  );
  const targets: Target[] = [
    { name: 'bare', url: `${bareUrl}/v1/chat/completions`, key: 'sk-sandbox-key', model: 'gpt-6-luna' },
    {
      name: 'mluen',
      url: `${product.url}/v1/chat/completions`,
      key: product.member.apiKey,
      model: 'openai/gpt-6-luna',
    },
  ];
  const rows: ({ callers: number; target: string } & Load)[] = [];
  for (const callers of CALLERS) {
    const rounds: Record<string, Load[]> = { bare: [], mluen: [] };
    for (let round = 0; round < ROUNDS; round++)
      for (const target of targets) rounds[target.name]!.push(await call(target, callers, SECONDS));
    for (const target of targets)
      rows.push({ callers, target: target.name, ...median(rounds[target.name]!) });
  }
  child.kill();
  await discard(product);
  console.table(rows);
  const at = (target: string, callers: number) =>
    rows.find((row) => row.target === target && row.callers === callers)!;
  return {
    vs_bare_at_64: ratio(at('mluen', 64).perSecond, at('bare', 64).perSecond),
    per_second_at_64: Math.round(at('mluen', 64).perSecond),
    added_p50_ms_at_1: Math.round((at('mluen', 1).p50 - at('bare', 1).p50) * 100) / 100,
    p99_ms_at_64: at('mluen', 64).p99,
  };
}

async function call({ url, key, model }: Target, callers: number, seconds: number): Promise<Load> {
  const { origin, pathname: path } = new URL(url);
  const pool = new Pool(origin, { connections: callers, pipelining: 1 });
  const body = JSON.stringify({
    model,
    messages: [{ role: 'user', content: 'A benchmark asks for an answer. '.repeat(40) }],
    max_completion_tokens: 400,
  });
  const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' };
  const measured = await load(callers, seconds, async () => {
    const begun = performance.now();
    const answer = await pool.request({ path, method: 'POST', headers, body });
    const text = await answer.body.text();
    if (answer.statusCode !== 200) throw new Error(`${answer.statusCode} ${text.slice(0, 300)}`);
    return performance.now() - begun;
  });
  await pool.close();
  return measured;
}

function median(measured: Load[]): Load {
  return measured.toSorted((a, b) => a.perSecond - b.perSecond)[Math.floor(measured.length / 2)]!;
}

function ratio(a: number, b: number): number {
  return Math.round((a / b) * 100) / 100;
}

/** The least that a gateway can be: it reads the body and passes it on. */
async function serveBare(upstream: string) {
  const app = Fastify();
  const pool = new Pool(upstream, { connections: 512 });
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
  app.post('/v1/chat/completions', async (request, reply) => {
    const answer = await pool.request({
      path: '/v1/chat/completions',
      method: 'POST',
      body: request.body as Buffer,
      headers: { authorization: request.headers.authorization ?? '', 'content-type': 'application/json' },
    });
    reply.code(answer.statusCode).type('application/json');
    return Buffer.from(await answer.body.arrayBuffer());
  });
  process.send!(await app.listen({ port: 0, host: '127.0.0.1' }));
}
