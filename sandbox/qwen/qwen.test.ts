import { fileTypeFromBuffer } from 'file-type';
import OpenAI from 'openai';
import sharp from 'sharp';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Simulator } from '../simulator.ts';
import { startQwen } from './qwen.ts';

let simulator: Simulator;
let client: OpenAI;

beforeAll(async () => {
  simulator = await startQwen({ paceMs: 0 });
  client = new OpenAI({ apiKey: 'sk-test', baseURL: `${simulator.url}/compatible-mode/v1`, maxRetries: 0 });
});
afterAll(() => simulator.close());

interface Answer {
  output: {
    task_id: string;
    task_status: string;
    video_url: string;
    results: object[];
    choices: { message: { content: { image: string }[] } }[];
  };
  usage: object;
  code: string;
}

const ask = (content: string) => [{ role: 'user' as const, content }];
const send = async (method: string, path: string, body?: unknown, headers: Record<string, string> = {}) => {
  const reply = await fetch(`${simulator.url}/api/v1/${path}`, {
    method,
    headers: { authorization: 'Bearer sk-test', ...headers },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  return { status: reply.status, ...((await reply.json()) as Answer) };
};
const later = { 'x-dashscope-async': 'enable' };
const video = (prompt: string, parameters: object = {}, model = 'wan2.7-t2v') =>
  send(
    'POST',
    'services/aigc/video-generation/video-synthesis',
    { model, input: { prompt }, parameters: { resolution: '720P', duration: 5, ...parameters } },
    later,
  );
const picture = (text: string, parameters: object = {}, model = 'qwen-image-3.0') =>
  send('POST', 'services/aigc/multimodal-generation/generation', {
    model,
    input: { messages: [{ role: 'user', content: [{ text }] }] },
    parameters,
  });
const look = (id: string) => send('GET', `tasks/${id}`);
const advance = (advanceSeconds: number) =>
  fetch(`${simulator.url}/_control/clock`, { method: 'POST', body: JSON.stringify({ advanceSeconds }) });

test('text thinks apart, and a stream gathers to the same', async () => {
  const body = { model: 'qwen3.8-max', messages: ask('Why is tea bitter?') };
  const whole = await client.chat.completions.create(body);
  expect(whole.choices[0]?.message).toMatchObject({
    content: expect.stringContaining('Why is tea bitter?'),
    reasoning_content: expect.any(String),
  });
  expect(whole.usage?.completion_tokens_details?.reasoning_tokens).toBe(160);
  const chunks = await Array.fromAsync(
    await client.chat.completions.create({ ...body, stream: true, stream_options: { include_usage: true } }),
  );
  expect(chunks.map(({ choices }) => choices[0]?.delta.content ?? '').join('')).toBe(
    whole.choices[0]?.message.content,
  );
  expect(chunks.at(-1)?.usage).toEqual(whole.usage);
});

test.each([
  [{ model: 'qwen-9' }, 404],
  [{ temperature: 2 }, 400],
  [{ response_format: { type: 'json_object' } }, 400],
  [{ messages: ask('[sandbox:refuse]') }, 400],
])('a chat with %o is refused', async (change, status) => {
  await expect(
    client.chat.completions.create({
      model: 'qwen3.7-plus',
      messages: ask('x'),
      ...change,
    } as OpenAI.ChatCompletionCreateParamsNonStreaming),
  ).rejects.toMatchObject({ status });
});

test('a picture comes at once, at an address that dies in a day', async () => {
  const reply = await picture('A lamp', { size: '1024*768', n: 2 });
  expect(reply.usage).toEqual({ width: 1024, height: 768, image_count: 2 });
  const url = reply.output.choices[0]?.message.content[1]?.image ?? '';
  expect(await sharp(Buffer.from(await (await fetch(url)).arrayBuffer())).metadata()).toMatchObject({
    width: 1024,
    height: 768,
    format: 'png',
  });
  await advance(86_401);
  expect((await fetch(url)).status).toBe(403);
});

test('a set of pictures may come with one missing', async () => {
  const { output } = await send(
    'POST',
    'services/aigc/text2image/image-synthesis',
    { model: 'wan2.5-t2i-preview', input: { prompt: '[sandbox:moderated]' }, parameters: { n: 3 } },
    later,
  );
  await advance(5);
  const done = await look(output.task_id);
  expect(done.output).toMatchObject({
    task_status: 'SUCCEEDED',
    results: [{ url: expect.any(String) }, {}, { code: 'DataInspectionFailed' }],
  });
  expect(done.usage).toMatchObject({ image_count: 2 });
});

test('a video is pending, runs, succeeds and counts its seconds', async () => {
  const { output } = await video('Waves');
  expect(output.task_status).toBe('PENDING');
  await advance(2);
  expect((await look(output.task_id)).output.task_status).toBe('RUNNING');
  await advance(5);
  const done = await look(output.task_id);
  expect(done.usage).toMatchObject({ duration: 5, SR: 720 });
  const bytes = Buffer.from(await (await fetch(done.output.video_url)).arrayBuffer());
  expect((await fileTypeFromBuffer(bytes))?.mime).toBe('video/mp4');
});

test('the header for later is demanded, and an unknown task is no error', async () => {
  expect(
    await send('POST', 'services/aigc/video-generation/video-synthesis', {
      model: 'wan2.7-t2v',
      input: { prompt: 'x' },
    }),
  ).toMatchObject({ status: 403, code: 'AccessDenied' });
  expect(await look('0385dc79')).toMatchObject({ status: 200, output: { task_status: 'UNKNOWN' } });
});

test('only a pending task can be cancelled', async () => {
  const { output } = await video('One');
  expect((await send('POST', `tasks/${output.task_id}/cancel`)).status).toBe(200);
  expect((await look(output.task_id)).output.task_status).toBe('CANCELED');
  const second = await video('Two');
  await advance(2);
  expect(await send('POST', `tasks/${second.output.task_id}/cancel`)).toMatchObject({
    status: 400,
    code: 'UnsupportedOperation',
  });
});

test.each([
  [{ duration: '5' }, 'wan2.7-t2v'],
  [{ resolution: '720p' }, 'wan2.7-t2v'],
  [{ prompt_extend: true }, 'wan3.0-video'],
  [{}, 'wan2.7-i2v'],
])('a video with %o of %s is refused', async (parameters, model) => {
  expect(await video('x', parameters, model)).toMatchObject({ status: 400, code: 'InvalidParameter' });
});

test('moderated and failed tasks say so, and cost nothing', async () => {
  const moderated = await video('[sandbox:moderated]');
  const failed = await video('[sandbox:error]');
  await advance(10);
  expect((await look(moderated.output.task_id)).output).toMatchObject({
    task_status: 'FAILED',
    code: 'DataInspectionFailed',
  });
  expect((await look(failed.output.task_id)).output).toMatchObject({
    task_status: 'FAILED',
    code: 'InternalError.Algo',
  });
  expect(await picture('[sandbox:refuse]')).toMatchObject({ status: 400, code: 'DataInspectionFailed' });
  const { uses } = (await (await fetch(`${simulator.url}/_control/tally`)).json()) as {
    uses: { charged: boolean }[];
  };
  expect(uses.slice(-2).map(({ charged }) => charged)).toEqual([false, false]);
});
