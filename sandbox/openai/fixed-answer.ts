import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Exchange, World } from '../kit/exchange.ts';

/*
 * The same bytes for every request, so that a measurement shows the caller and not the simulator:
 * a JSON answer of about 1.3 kB, or 50 chunks and the usage, each chunk written by itself.
 */

const CHUNKS = 50;
const JSON_TOKENS = 160;
const sentence = 'A measured answer is the same each time. ';
const jsonStart = `"object":"chat.completion","created":1795500000,"service_tier":"default","system_fingerprint":null,"choices":[{"index":0,"message":{"role":"assistant","content":"${sentence.repeat(18)}","refusal":null,"annotations":[]},"logprobs":null,"finish_reason":"stop"}],"usage":`;
let answers = 0;

/** `bench-…` models, and every model while the simulator runs with `--bench`. Does not check the request. */
export async function answerFixed(
  exchange: Exchange,
  body: Record<string, unknown>,
  world: World,
): Promise<void> {
  answers += 1;
  const id = `chatcmpl-bench${answers.toString(36).padStart(8, '0')}`;
  const model = String(body.model);
  const isStream = body.stream === true;
  const limit = Number(body.max_completion_tokens ?? body.max_tokens ?? JSON_TOKENS);
  const input_token = Math.ceil(exchange.body.length / 8);
  const output_token = Math.min(isStream ? CHUNKS : JSON_TOKENS, limit);
  world.tally.add(
    { id, model, units: { input_token, output_token }, accepted: true, charged: true },
    world.clock.now(),
  );
  const usage = `{"prompt_tokens":${input_token},"completion_tokens":${output_token},"total_tokens":${input_token + output_token},"prompt_tokens_details":{"cached_tokens":0,"cache_write_tokens":0,"audio_tokens":0,"image_tokens":0,"text_tokens":${input_token}},"completion_tokens_details":{"reasoning_tokens":0,"audio_tokens":0,"text_tokens":${output_token},"accepted_prediction_tokens":0,"rejected_prediction_tokens":0}}`;
  const { response } = exchange;
  if (!isStream) {
    const json = `{"id":"${id}","model":"${model}",${jsonStart}${usage}}`;
    response.writeHead(200, {
      'content-type': 'application/json',
      'content-length': json.length,
      'x-request-id': id,
    });
    response.end(json);
    return;
  }
  const wantsUsage = (body.stream_options as { include_usage?: boolean } | undefined)?.include_usage === true;
  const start = `data: {"id":"${id}","object":"chat.completion.chunk","created":1795500000,"model":"${model}","service_tier":"default","system_fingerprint":null,"choices":[`;
  const end = wantsUsage ? ',"usage":null}\n\n' : '}\n\n';
  response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8', 'x-request-id': id });
  for (let at = 0; at < CHUNKS; at += 1) {
    const role = at === 0 ? '"role":"assistant","refusal":null,' : '';
    response.write(
      `${start}{"index":0,"delta":{${role}"content":"word${at} "},"logprobs":null,"finish_reason":null}]${end}`,
    );
    await nextTurn();
    if (response.destroyed) return;
  }
  response.write(`${start}{"index":0,"delta":{},"logprobs":null,"finish_reason":"stop"}]${end}`);
  if (wantsUsage) response.write(`${start}],"usage":${usage}}\n\n`);
  response.end('data: [DONE]\n\n');
}
