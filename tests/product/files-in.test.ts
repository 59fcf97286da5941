import { afterAll, beforeAll, expect, test } from 'vitest';
import { draw } from '#sandbox/kit/picture.ts';
import { melodyFor, mp3Of, pcmOf, wavOf } from '#sandbox/kit/sound.ts';
import { film } from '#sandbox/kit/video.ts';
import { type AskFor, finished, run, start, until } from '#tests/support/generating.ts';
import {
  discard,
  type Product,
  startProduct,
  startWithMember,
  theMember,
  type Visitor,
} from '#tests/support/product.ts';
import { upload } from '#tests/support/uploading.ts';

let product: Product;
let member: Visitor;
let clip: string;
let clipBytes: Buffer;
let song: string;
let picture: string;
beforeAll(async () => {
  ({ product, member } = await startWithMember());
  clipBytes = await film({ prompt: 'Waves at a pier', width: 960, height: 960, seconds: 4 });
  clip = await named('waves.mp4', clipBytes);
  song = await named('song.wav', wavOf(pcmOf(melodyFor('song', 5), 24_000), 24_000));
  picture = await named(
    'frame.png',
    await draw({ prompt: 'A pier', width: 800, height: 800, format: 'png' }),
  );
}, 60_000);
afterAll(() => discard(product));

const named = async (name: string, bytes: Buffer) => `file:${await upload(member, name, bytes)}`;

const asked = (modelId: string, params: Record<string, unknown>): AskFor => ({
  modelId,
  params,
  fileIds: Object.values(params)
    .flat()
    .map(String)
    .filter((value) => value.startsWith('file:'))
    .map((value) => value.slice('file:'.length)),
});

/** Addresses of ours that a simulator was given together with this prompt, from its log of requests. */
async function addressesGiven(simulator: string, prompt: string): Promise<string[]> {
  const answer = await fetch(`${product.simulators[simulator]}/_control/requests`);
  const { requests } = (await answer.json()) as { requests: { body: string }[] };
  const sent = requests.filter(({ body }) => body.includes(prompt)).map(({ body }) => body);
  return [...sent.join(' ').matchAll(/http:\/\/[^"\\]+\/files\/in\/[\w.-]+/g)].map(([address]) => address);
}

test.concurrent.each([
  ['kling', 'kling/kling-3.0-omni', () => ({ reference_video: clip }), [/\.mp4$/]],
  ['kling', 'kling/kling-o1', () => ({ video: clip }), [/\.mp4$/]],
  [
    'kling',
    'kling/kling-3.0-motion-control',
    () => ({ first_frame: picture, reference_video: clip }),
    [/\.mp4$/],
  ],
  ['qwen', 'qwen/wan2.7-videoedit', () => ({ video: clip }), [/\.mp4$/]],
  ['qwen', 'qwen/wan2.7-i2v', () => ({ first_frame: picture, reference_audio: song }), [/\.wav$/]],
  [
    'qwen',
    'qwen/wan3.0-video',
    () => ({ reference_videos: [clip], reference_audios: [song] }),
    [/\.mp4$/, /\.wav$/],
  ],
  [
    'seedance',
    'seedance/seedance-2.0',
    () => ({ reference_videos: [clip], reference_audios: [song] }),
    [/\.mp4$/, /\.wav$/],
  ],
] as const)(
  '%s fetches what %s is given (%#), and its address dies with the run',
  async (simulator, modelId, params, endings) => {
    const prompt = `The same for ${modelId}, but at night`;
    const seen = await run(member, asked(modelId, { ...params(), prompt }));
    expect(seen).toMatchObject({ state: 'settled', ending: null });
    expect(seen.outputs[0]!.mediaType).toBe('video/mp4');
    expect(BigInt(seen.chargedMicro)).toBeGreaterThan(0n);
    expect(BigInt(seen.chargedMicro)).toBeLessThanOrEqual(BigInt(seen.heldMicro));
    const given = await addressesGiven(simulator, prompt);
    expect(given).toHaveLength(endings.length);
    for (const [at, address] of given.entries()) {
      expect(address).toMatch(endings[at]!);
      expect((await fetch(address)).status).toBe(410);
    }
    const fetched = seen.sentTo.filter(({ kinds }) => kinds.includes('fetched'));
    expect(fetched.map(({ host }) => host)).toEqual(endings.map(() => '127.0.0.1'));
    const isClip = endings.some((ending) => ending.test('a.mp4'));
    expect(fetched.map(({ bytes }) => bytes).includes(clipBytes.length)).toBe(isClip);
  },
  60_000,
);

test('while it runs the address gives the file whole, by range and by its head, to nobody who guesses', async () => {
  const prompt = '[sandbox:seconds=12] Waves, slowly';
  const ask = asked('kling/kling-3.0-omni', { reference_video: clip, prompt });
  const id = await start(member, ask);
  await until(member, id, ({ state }) => state === 'running');
  const [address] = await addressesGiven('kling', prompt);
  const whole = await fetch(address!);
  expect(Object.fromEntries(whole.headers)).toMatchObject({
    'content-type': 'video/mp4',
    'cache-control': 'no-store',
    'accept-ranges': 'bytes',
    'content-length': String(clipBytes.length),
  });
  expect(whole.headers.has('set-cookie')).toBe(false);
  expect(Buffer.from(await whole.arrayBuffer())).toEqual(clipBytes);
  const part = await fetch(address!, { headers: { range: 'bytes=100-199' } });
  expect(part.status).toBe(206);
  expect(Buffer.from(await part.arrayBuffer())).toEqual(clipBytes.subarray(100, 200));
  expect((await fetch(address!, { headers: { range: `bytes=${clipBytes.length}-` } })).status).toBe(416);
  const head = await fetch(address!, { method: 'HEAD' });
  expect([head.status, head.headers.get('content-length')]).toEqual([200, String(clipBytes.length)]);
  for (const other of [
    address!.replace(/.(?=\.mp4$)/, (last) => (last === 'A' ? 'Q' : 'A')),
    address!.replace(/in\/./, (start) => (start === 'in/B' ? 'in/C' : 'in/B')),
    address!.replace(/\.mp4$/, '.mov'),
    address!.replace(/\.mp4$/, ''),
    `${product.url}/files/in/${'A'.repeat(120)}.mp4`,
  ])
    expect((await fetch(other)).status, other).toBe(404);
  for (const method of ['POST', 'PUT', 'DELETE'])
    expect((await fetch(address!, { method })).status).toBe(404);
  const me = (await member.call<{ id: string }>('GET', '/api/me')).json.id;
  const token = Buffer.from(new URL(address!).pathname.split('/').at(-1)!.split('.')[0]!, 'base64url');
  expect(token.includes(Buffer.from(me.replaceAll('-', ''), 'hex'))).toBe(false);
  expect((await member.call('DELETE', `/api/files/${clip.slice(5)}`)).status).toBe(409);
  expect((await member.call('POST', `/api/generations/${id}/cancel`)).status).toBe(200);
  await finished(member, id);
  expect((await fetch(address!)).status).toBe(410);
  const { sentTo } = await finished(member, id);
  const fetched = sentTo.filter(({ kinds }) => kinds.includes('fetched'));
  // The simulator's, and ours: whole once, and a hundred bytes. A head holds nothing.
  expect(fetched.map(({ bytes }) => bytes)).toEqual([2 * clipBytes.length + 100]);
  expect((await member.call('DELETE', `/api/generations/${id}`)).status).toBe(204);
  expect((await fetch(address!)).status).toBe(404);
}, 60_000);

test('a recording is held for as long as it lasts', async () => {
  const audio = await named('talk.mp3', mp3Of(melodyFor('talk', 90)));
  const quote = await member.call<{ lines: { quantity: string }[] }>(
    'POST',
    '/api/quotes',
    asked('openai/whisper-1', { audio }),
  );
  expect(quote.status).toBe(200);
  expect(Number(quote.json.lines[0]!.quantity)).toBeGreaterThanOrEqual(90);
  expect(Number(quote.json.lines[0]!.quantity)).toBeLessThanOrEqual(92);
});

test('an upload that was not sent can be taken back, and is gone', async () => {
  const id = await upload(member, 'note.txt', Buffer.from('a thought'));
  expect((await member.raw(`/api/files/${id}`)).status).toBe(200);
  expect((await member.call('DELETE', `/api/files/${id}`)).status).toBe(204);
  expect((await member.raw(`/api/files/${id}`)).status).toBe(404);
  expect((await member.call('DELETE', `/api/files/${id}`)).status).toBe(404);
});

test('a real provider that would have to fetch a clip from this machine is refused before anything is held', async () => {
  const real = await startProduct({ KLING_API_KEY: 'a-real-key' });
  try {
    const person = await theMember(real);
    const sent = await upload(person, 'waves.mp4', clipBytes);
    const ask = asked('kling/kling-3.0-omni', { reference_video: `file:${sent}`, prompt: 'Waves' });
    const quote = await person.call<{ detail: string }>('POST', '/api/quotes', ask);
    expect(quote.status).toBe(409);
    expect(quote.json.detail).toMatch(/Kling fetches clips.*waves\.mp4.*PUBLIC_URL/);
  } finally {
    await discard(real);
  }
}, 60_000);
