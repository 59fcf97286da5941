import { setTimeout as delay } from 'node:timers/promises';
import { newId } from '#server/database/ids.ts';
import type { Story } from './stories.ts';

export interface SandboxFile {
  member: { email: string; password: string; apiKey: string };
  simulators: Record<string, string>;
}

/** One piece of work that was asked for. */
export interface Asked {
  mark: number;
  cause: string;
  /** Null where the answer never told it. */
  generationId: string | null;
}

export interface Caller {
  /** Asks, and waits until the generation ends or nobody knows its outcome. */
  ask(story: Story, mark: number): Promise<string | null>;
  /** The mark in what a generation was asked; null when it has none. */
  markOf(generationId: string): Promise<number | null>;
}

const LOOKS_MOST = 300;
const LOOK_MS = 150;

export async function createCaller({ member }: SandboxFile, url: string): Promise<Caller> {
  const signedIn = await fetch(`${url}/api/auth/sign-in/email`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: url },
    body: JSON.stringify({ email: member.email, password: member.password }),
  });
  const cookie = signedIn.headers
    .getSetCookie()
    .map((one) => one.split(';')[0])
    .join('; ');
  const api = async (method: string, path: string, body?: object | FormData) => {
    const isForm = body instanceof FormData;
    const reply = await fetch(url + path, {
      method,
      headers: {
        cookie,
        origin: url,
        ...(body === undefined || isForm ? {} : { 'content-type': 'application/json' }),
      },
      body: body === undefined ? undefined : isForm ? body : JSON.stringify(body),
    });
    if (!reply.ok)
      throw new Error(
        `${path.replace(/[0-9a-f-]{36}/, ':id')} answered ${reply.status}: ${await reply.text()}`,
      );
    // biome-ignore lint/suspicious/noExplicitAny: the bench reads a few fields of its own product's answers
    return (await reply.json()) as any;
  };
  const { items } = await api('GET', '/api/models');
  const kinds = new Map<string, string>(
    items.map(({ id, kind }: { id: string; kind: string }) => [id, kind]),
  );
  const speech = await upload(api);
  return {
    async markOf(id) {
      const found = /\[sandbox:mark=(\d+)\]/.exec(
        JSON.stringify((await api('GET', `/api/generations/${id}`)).params),
      );
      return found === null ? null : Number(found[1]);
    },
    async ask(story, mark) {
      const model = story.models[Math.floor(Math.random() * story.models.length)]!;
      const prompt = `${story.prompt} [sandbox:mark=${mark}]`;
      const kind = kinds.get(model);
      if (kind === undefined) throw new Error(`${model} is not on offer`);
      if (isApi(story.way)) return callApi(url, member.apiKey, { ...story, model, prompt, mark });
      const ask = {
        modelId: model,
        params:
          kind === 'text'
            ? { messages: [{ role: 'user', content: prompt }] }
            : { prompt, ...(kind === 'transcription' ? { audio: `file:${speech}` } : {}) },
        fileIds: kind === 'transcription' ? [speech] : [],
      };
      return inStudio(api, story.way, ask, kind);
    },
  };
}

const isApi = (way: Story['way']) => way === 'api' || way === 'stream' || way === 'leave' || way === 'repeat';

// biome-ignore lint/suspicious/noExplicitAny: as above
type Api = (method: string, path: string, body?: object | FormData) => Promise<any>;

async function inStudio(api: Api, way: Story['way'], ask: object, kind: string): Promise<string> {
  const { quote } = await api('POST', '/api/quotes', ask);
  const id = newId();
  const start = () => api('POST', '/api/generations', { id, quote, ask });
  if (way === 'twice') await Promise.all([start(), start()]);
  else await start();
  for (let looks = 0; looks < LOOKS_MOST; looks++) {
    const { finishedAt, state, text } = await api('GET', `/api/generations/${id}`);
    // An unknown outcome may stay so for hours; what becomes of it is seen in the end.
    if (finishedAt !== null || (state === 'unknown' && looks > 20)) return id;
    const isUnderWay = kind === 'text' ? (text ?? '').length > 30 : state === 'running';
    if (way === 'stop' && isUnderWay)
      await api('POST', `/api/generations/${id}/cancel`).catch(() => undefined);
    await delay(LOOK_MS);
  }
  return id;
}

async function callApi(
  url: string,
  apiKey: string,
  call: { way: Story['way']; model: string; prompt: string; mark: number },
): Promise<string | null> {
  const { way, model, prompt, mark } = call;
  const leave = new AbortController();
  const send = () =>
    fetch(`${url}/v1/chat/completions`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${apiKey}`,
        'content-type': 'application/json',
        ...(way === 'repeat' ? { 'idempotency-key': `bench ${mark}` } : {}),
      },
      body: JSON.stringify({
        model,
        messages: [{ role: 'user', content: prompt }],
        stream: way === 'stream' || way === 'leave',
        max_completion_tokens: 1_000,
      }),
      signal: leave.signal,
    });
  if (way === 'repeat') {
    const [one, other] = await Promise.all([send(), send()]);
    await Promise.all([one.text(), other.text()]);
    return generationOf(one) ?? generationOf(other);
  }
  const reply = await send();
  const id = generationOf(reply);
  let chunks = 0;
  try {
    for await (const _ of reply.body!) if (way === 'leave' && ++chunks === 3) leave.abort();
  } catch (error) {
    // Left, or cut by the provider's fault: it was asked all the same.
    if (way !== 'leave' && !(error instanceof TypeError)) throw error;
  }
  return id;
}

const generationOf = (reply: Response) => reply.headers.get('x-mluen-generation');

/** A second of silence, to be written down. */
async function upload(api: Api): Promise<string> {
  const samples = Buffer.alloc(16_000);
  const head = Buffer.alloc(44);
  head.write('RIFF', 0);
  head.writeUInt32LE(36 + samples.length, 4);
  head.write('WAVEfmt ', 8);
  head.writeUInt32LE(16, 16);
  head.writeUInt16LE(1, 20);
  head.writeUInt16LE(1, 22);
  head.writeUInt32LE(8_000, 24);
  head.writeUInt32LE(16_000, 28);
  head.writeUInt16LE(2, 32);
  head.writeUInt16LE(16, 34);
  head.write('data', 36);
  head.writeUInt32LE(samples.length, 40);
  const form = new FormData();
  form.append('file', new Blob([head, samples], { type: 'audio/wav' }), 'speech.wav');
  return (await api('POST', '/api/files', form)).id;
}
