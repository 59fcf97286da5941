import OpenAI, { toFile } from 'openai';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Recorded, recorder } from '../kit/recorder.ts';
import { melodyFor, pcmOf, wavOf } from '../kit/sound.ts';
import { expectToFit, specsMissing } from '../kit/specs.ts';
import { dataOf } from '../kit/sse.ts';
import type { Simulator } from '../simulator.ts';
import { startOpenAi } from './openai.ts';

/** OpenAI's own client through every operation of the page, and all that passed held against the published description. */
const traffic = recorder();
let simulator: Simulator;
let client: OpenAI;
beforeAll(async () => {
  simulator = await startOpenAi({ paceMs: 0 });
  client = new OpenAI({
    apiKey: 'sk-test',
    baseURL: `${simulator.url}/v1`,
    maxRetries: 0,
    fetch: traffic.fetch,
  });
});
afterAll(() => simulator.close());

const model = 'gpt-6-luna';
const picture = () =>
  sharp({ create: { width: 256, height: 256, channels: 3, background: '#c33' } })
    .png()
    .toBuffer();
const sound = () => wavOf(pcmOf(melodyFor('la', 2), 16_000), 16_000);
const schema = {
  type: 'object' as const,
  properties: { city: { type: 'string' } },
  required: ['city'],
  additionalProperties: false,
};

describe('chat', () => {
  test('words, pictures, sound and documents go in, and tools, schemas and streams come out', async () => {
    const image = `data:image/png;base64,${(await picture()).toString('base64')}`;
    const pdf = `data:application/pdf;base64,${Buffer.from('%PDF-1.7').toString('base64')}`;
    const whole = await client.chat.completions.create({
      model,
      messages: [
        { role: 'developer', content: 'Be brief.' },
        {
          role: 'user',
          content: [
            { type: 'text', text: 'What are these?' },
            { type: 'image_url', image_url: { url: image, detail: 'low' } },
            { type: 'input_audio', input_audio: { data: sound().toString('base64'), format: 'wav' } },
            { type: 'file', file: { filename: 'a.pdf', file_data: pdf } },
          ],
        },
      ],
      verbosity: 'low',
      reasoning_effort: 'low',
      prompt_cache_key: 'one',
      safety_identifier: 'abc',
    });
    expect(whole.usage!.prompt_tokens).toBeGreaterThan(1500);
    const parsed = await client.chat.completions.parse({
      model,
      messages: [{ role: 'user', content: 'A city, as JSON' }],
      response_format: { type: 'json_schema', json_schema: { name: 'city', schema, strict: true } },
    });
    expect(parsed.choices[0]!.message.parsed).toHaveProperty('city');
    const streamed = await client.chat.completions
      .stream({
        model,
        messages: [{ role: 'user', content: 'use weather_in and time_in' }],
        reasoning_effort: 'none',
        tools: ['weather_in', 'time_in'].map((name) => ({
          type: 'function' as const,
          function: { name, parameters: schema },
        })),
        tool_choice: 'auto',
        stream_options: { include_usage: true },
      })
      .finalChatCompletion();
    expect(streamed.choices[0]!.message.tool_calls).toHaveLength(2);
  });
});

describe('responses', () => {
  const input = 'Why is the sky blue?';

  test('a stream tells its summary as it thinks, and ends with all of it', async () => {
    const types = new Set<string>();
    const stream = client.responses.stream({
      model,
      input,
      store: false,
      reasoning: { effort: 'high', summary: 'auto' },
      include: ['reasoning.encrypted_content'],
    });
    for await (const event of stream) types.add(event.type);
    expect([...types]).toContain('response.reasoning_summary_text.delta');
    const { output } = await stream.finalResponse();
    expect(output[0]).toMatchObject({ type: 'reasoning', encrypted_content: expect.any(String) });
    expect(output[0]).toHaveProperty('summary.0.text');
  });

  test('items go back as they came, whole, in their order, and to the model that made them', async () => {
    const first = await client.responses.create({
      model,
      input,
      store: false,
      include: ['reasoning.encrypted_content'],
    });
    const asked = { role: 'user' as const, content: input };
    const history = first.output as OpenAI.Responses.ResponseInput;
    const next = { role: 'user' as const, content: 'And at dusk?' };
    const again = await client.responses.create({ model, input: [asked, ...history, next], store: false });
    expect(again.output_text).toContain('And at dusk?');
    const elsewhere = await client.responses.create({
      model: 'gpt-6-sol',
      input: [asked, ...history, next],
      store: false,
    });
    expect(elsewhere).toMatchObject({ input_transformations: [{ type: 'reasoning', action: 'removed' }] });
    const [thought, said] = history as unknown as Record<string, unknown>[];
    const send = (items: unknown[]) =>
      client.responses.create({ model, store: false, input: items as OpenAI.Responses.ResponseInput });
    const { encrypted_content: _, ...bare } = thought!;
    await expect(send([asked, bare, said, next])).rejects.toMatchObject({ status: 404 });
    await expect(send([asked, thought, next])).rejects.toThrow('without its required following item');
    const forged = { ...thought, encrypted_content: 'gAAA' };
    await expect(send([asked, forged, said, next])).rejects.toMatchObject({
      status: 400,
      code: 'invalid_encrypted_content',
    });
  });

  test('what is stored can be gone on from, listed, run in the background, cancelled and deleted', async () => {
    const first = await client.responses.create({ model, input });
    const next = await client.responses.create({ model, input: 'Why?', previous_response_id: first.id });
    expect(next.usage!.input_tokens).toBeGreaterThan(first.usage!.input_tokens);
    const items = await Array.fromAsync(await client.responses.inputItems.list(next.id));
    expect(items.length).toBeGreaterThanOrEqual(3);
    const waiting = await client.responses.create({ model, input, background: true });
    expect(waiting.status).toBe('queued');
    expect((await client.responses.retrieve(waiting.id)).status).toBe('completed');
    expect((await client.responses.cancel(waiting.id)).status).toBe('cancelled');
    await expect(client.responses.cancel(first.id)).rejects.toMatchObject({ status: 400 });
    await client.responses.delete(first.id);
    await expect(
      client.responses.create({ model, input, previous_response_id: first.id }),
    ).rejects.toMatchObject({ code: 'previous_response_not_found' });
    expect((await client.responses.inputTokens.count({ model, input })).input_tokens).toBeGreaterThan(3);
    expect((await client.responses.compact({ model, input })).output).toHaveLength(1);
  });
});

describe('media', () => {
  test('pictures are made, changed, and streamed in parts', async () => {
    const made = await client.images.generate({ model: 'gpt-image-2', prompt: 'A lamp', quality: 'low' });
    expect(made.data).toHaveLength(1);
    const image = await toFile(await picture(), 'a.png', { type: 'image/png' });
    const edited = await client.images.edit({ model: 'gpt-image-2', prompt: 'Blue', image, quality: 'low' });
    expect(edited.usage!.input_tokens_details.image_tokens).toBeGreaterThan(0);
    const parts = await Array.fromAsync(
      await client.images.edit({
        model: 'gpt-image-2',
        prompt: 'Blue',
        image,
        quality: 'low',
        stream: true,
        partial_images: 2,
      }),
    );
    expect(parts.map(({ type }) => type)).toEqual([
      'image_edit.partial_image',
      'image_edit.partial_image',
      'image_edit.completed',
    ]);
  });

  test('words are said, as bytes and as events, and written down, whole and streamed', async () => {
    const voice = { model: 'gpt-4o-mini-tts', voice: 'marin', input: 'Good evening.' } as const;
    expect((await (await client.audio.speech.create(voice)).arrayBuffer()).byteLength).toBeGreaterThan(500);
    const events = await client.audio.speech.create({ ...voice, stream_format: 'sse' });
    expect(await events.text()).toContain('speech.audio.done');
    const file = () => toFile(sound(), 'a.wav', { type: 'audio/wav' });
    const told = await client.audio.transcriptions.create({
      model: 'gpt-transcribe',
      file: await file(),
      keywords: ['lighthouse'],
    } as OpenAI.Audio.TranscriptionCreateParamsNonStreaming<'json'>);
    expect(told.text).toBeTruthy();
    const streamed = await client.audio.transcriptions.create({
      model: 'gpt-4o-transcribe',
      file: await file(),
      stream: true,
    });
    expect((await Array.fromAsync(streamed)).at(-1)!.type).toBe('transcript.text.done');
    const captions = await client.audio.transcriptions.create({
      model: 'whisper-1',
      file: await file(),
      response_format: 'srt',
    });
    expect(captions).toContain('-->');
    const verbose = await client.audio.transcriptions.create({
      model: 'whisper-1',
      file: await file(),
      response_format: 'verbose_json',
    });
    expect(verbose.segments).toHaveLength(1);
    await expect(
      client.audio.transcriptions.create({
        model: 'gpt-4o-transcribe',
        file: await file(),
        response_format: 'srt',
      }),
    ).rejects.toMatchObject({ status: 400 });
  });
});

test('models, embeddings and files', async () => {
  expect((await client.models.list()).data.map(({ id }) => id)).toContain(model);
  expect((await client.models.retrieve(model)).id).toBe(model);
  const { data, usage } = await client.embeddings.create({
    model: 'text-embedding-3-small',
    input: ['one', 'two'],
    dimensions: 64,
  });
  expect(data[1]!.embedding).toHaveLength(64);
  expect(Math.hypot(...data[0]!.embedding)).toBeCloseTo(1, 5);
  expect(usage.total_tokens).toBeGreaterThan(0);
  const kept = await client.files.create({
    file: await toFile(Buffer.from('hello'), 'a.txt'),
    purpose: 'user_data',
    expires_after: { anchor: 'created_at', seconds: 3600 },
  });
  expect(await (await client.files.content(kept.id)).text()).toBe('hello');
  expect((await Array.fromAsync(await client.files.list())).map(({ id }) => id)).toContain(kept.id);
  expect((await client.files.retrieve(kept.id)).bytes).toBe(5);
  await client.files.delete(kept.id);
  await expect(client.files.retrieve(kept.id)).rejects.toMatchObject({ status: 404 });
});

/** What a request, an answer and an event of a stream must fit, by route. */
const schemas: Record<string, { sent?: string; answered?: string; event?: string }> = {
  'POST /v1/chat/completions': {
    sent: 'CreateChatCompletionRequest',
    answered: 'CreateChatCompletionResponse',
    event: 'CreateChatCompletionStreamResponse',
  },
  'POST /v1/responses': { sent: 'CreateResponse', answered: 'Response', event: 'ResponseStreamEvent' },
  'GET /v1/responses/…/input_items': { answered: 'ResponseItemList' },
  'POST /v1/responses/input_tokens': { answered: 'TokenCountsResource' },
  'POST /v1/responses/compact': { answered: 'CompactResource' },
  'POST /v1/images/generations': {
    sent: 'CreateImageRequest',
    answered: 'ImagesResponse',
    event: 'ImageGenStreamEvent',
  },
  'POST /v1/images/edits': { answered: 'ImagesResponse', event: 'ImageEditStreamEvent' },
  'POST /v1/audio/speech': { sent: 'CreateSpeechRequest', event: 'CreateSpeechResponseStreamEvent' },
  'POST /v1/audio/transcriptions': {
    answered: 'CreateTranscriptionResponseJson',
    event: 'CreateTranscriptionResponseStreamEvent',
  },
  'GET /v1/models': { answered: 'ListModelsResponse' },
  // The client asks for base64, which the description of the answer does not know.
  'POST /v1/embeddings': { sent: 'CreateEmbeddingRequest' },
  'POST /v1/files': { answered: 'OpenAIFile' },
  'GET /v1/files': { answered: 'ListFilesResponse' },
};

test.skipIf(specsMissing)('all that the client sent and understood fits the public description', async () => {
  await traffic.settle();
  const seen = new Set(traffic.recorded.map(routeOf));
  expect(Object.keys(schemas).filter((route) => !seen.has(route))).toEqual([]);
  for (const exchange of traffic.recorded) {
    const { sent, answered, event } = schemas[routeOf(exchange)] ?? {};
    const ok = exchange.status === 200;
    if (sent !== undefined && ok) holds(exchange.sent, sent);
    if (exchange.contentType.includes('event-stream') && event !== undefined && ok)
      for (const data of dataOf(exchange.answered)) if (data !== '[DONE]') holds(withoutNoUsage(data), event);
    if (exchange.contentType.includes('json') && answered !== undefined && ok)
      holds(withoutNoUsage(exchange.answered), answered);
    if (!ok) holds(JSON.parse(exchange.answered), 'ErrorResponse');
  }
});

const holds = (value: unknown, name: string) => expectToFit(value, 'openai', `/components/schemas/${name}`);

const routeOf = ({ method, path }: Recorded) =>
  `${method} ${path.replace(/(responses)\/(resp_[^/]+)(?=\/)/, '$1/…')}`;

/** The real stream says null before there is any usage; the description knows only its absence. */
function withoutNoUsage(text: string): unknown {
  const value = JSON.parse(text) as { object?: string; usage?: unknown; response?: { usage?: unknown } };
  if (value.object === 'response' && value.usage === null) delete value.usage;
  if (value.response?.usage === null) delete value.response.usage;
  return value;
}
