import { argumentsOf } from '#server/providers/dialect.ts';
import { beginStream } from './begin-stream.ts';
import { countsOf } from './counts.ts';
import { balanceAfter, moneyHeaders } from './finish.ts';
import { type AnswerWriter, type Cost, type Dialect, type End, type HeldCall, put } from './held-call.ts';
import { type Block, Blocks } from './messages-blocks.ts';
import { refuseAsMessages, requestIdOf } from './messages-errors.ts';
import { usd } from './openai-errors.ts';

/** How one caller of `/v1/messages` asked to be answered. */
export interface MessagesWish {
  /** The name that was asked for, which the answer bears. */
  model: string;
  showsThoughts: boolean;
  /** Fields that the model could not take. */
  ignored: readonly string[];
}

export function messagesDialect(wish: MessagesWish): Dialect {
  return {
    writer: (call) => (call.stream ? createStreamWriter(call, wish) : createWholeWriter(call, wish)),
    refuse: refuseAsMessages,
  };
}

function createWholeWriter(call: HeldCall, wish: MessagesWish): AnswerWriter {
  const nobody = { start: () => undefined, delta: () => undefined, stop: () => undefined };
  const blocks = new Blocks(nobody, wish.showsThoughts);
  return {
    began: () => call.response.headersSent,
    event: (event) => void (event.type === 'end' || blocks.take(event)),
    end(cost, end) {
      const stop = stopOf(blocks, end);
      blocks.close();
      const body = JSON.stringify({
        ...messageOf(call, wish),
        content: blocks.content.map(wholeBlock),
        ...stop,
        usage: usageOf(cost, end),
      });
      call.response.writeHead(200, {
        'content-type': 'application/json',
        'content-length': Buffer.byteLength(body),
        ...headersOf(call, wish),
        ...moneyHeaders(call, cost),
      });
      put(call, body);
      call.response.end();
    },
    fail: () => call.response.destroy(),
  };
}

function createStreamWriter(call: HeldCall, wish: MessagesWish): AnswerWriter {
  const { response } = call;
  let began = false;
  const say = (type: string, rest: object = {}) =>
    put(call, `event: ${type}\ndata: ${JSON.stringify({ type, ...rest })}\n\n`);
  const blocks = new Blocks(
    {
      start: (index, content_block) => say('content_block_start', { index, content_block }),
      delta: (index, delta) => say('content_block_delta', { index, delta }),
      stop: (index) => say('content_block_stop', { index }),
    },
    wish.showsThoughts,
  );
  const begin = () => {
    began = true;
    beginStream(call, headersOf(call, wish));
    // What came in is known at the end; until then our own rough count stands for it.
    const guess = Math.ceil(Buffer.byteLength(JSON.stringify(call.call.params.messages)) / 4);
    say('message_start', {
      message: {
        ...messageOf(call, wish),
        content: [],
        ...NO_STOP,
        usage: { ...NO_USAGE, input_tokens: guess, output_tokens: 1 },
      },
    });
    say('ping');
  };
  return {
    began: () => began,
    event(event) {
      if (!began) begin();
      if (event.type !== 'end') blocks.take(event);
    },
    end(cost, end) {
      const { container, ...stop } = stopOf(blocks, end);
      blocks.close();
      const {
        cache_creation: _,
        inference_geo: __,
        service_tier: ___,
        speed: ____,
        ...usage
      } = usageOf(cost, end);
      say('message_delta', { delta: { ...stop, container }, usage });
      // A comment line, which every client skips: the price of a stream is known only at its end.
      put(
        call,
        `: x-mluen-cost=${usd(cost.chargeMicro)} x-mluen-balance=${usd(balanceAfter(call, cost))}\n\n`,
      );
      say('message_stop');
      response.end();
    },
    fail(message) {
      if (response.destroyed || response.writableEnded) return;
      say('error', { error: { type: 'api_error', message }, request_id: requestIdOf(call.id) });
      response.end();
    },
  };
}

const NO_STOP = {
  stop_reason: null,
  stop_sequence: null,
  stop_details: null,
  container: null,
  diagnostics: null,
};

const NO_USAGE = {
  input_tokens: 0,
  cache_creation_input_tokens: 0,
  cache_read_input_tokens: 0,
  cache_creation: { ephemeral_5m_input_tokens: 0, ephemeral_1h_input_tokens: 0 },
  output_tokens: 0,
  output_tokens_details: { thinking_tokens: 0 },
  server_tool_use: null,
  service_tier: 'standard',
  inference_geo: null,
  speed: 'standard',
};

function messageOf({ id }: HeldCall, { model }: MessagesWish) {
  return { id: `msg_${id.replaceAll('-', '')}`, type: 'message', role: 'assistant', model };
}

function wholeBlock(block: Block): Block {
  return block.type === 'tool_use' ? { ...block, input: argumentsOf(String(block.input)) } : block;
}

/** How it ended. Words of refusal that no filter spoke are part of the answer. */
function stopOf(blocks: Blocks, end: End) {
  const { refusal } = blocks;
  const filtered = end.finish === 'content_filter';
  if (refusal !== '' && !filtered) blocks.text(refusal);
  if (filtered || refusal !== '')
    return {
      ...NO_STOP,
      stop_reason: 'refusal',
      stop_details: {
        type: 'refusal',
        category: null,
        explanation: filtered && refusal !== '' ? refusal : null,
      },
    };
  if (end.stopSequence !== undefined)
    return { ...NO_STOP, stop_reason: 'stop_sequence', stop_sequence: end.stopSequence };
  if (end.finish === 'length') return { ...NO_STOP, stop_reason: 'max_tokens' };
  return { ...NO_STOP, stop_reason: blocks.hasCalls ? 'tool_use' : 'end_turn' };
}

/** `input_tokens` is here what no cache held; what was read and written stands beside it. */
function usageOf(cost: Cost, end: End) {
  const { fresh, cached, writtenForMinutes, writtenForAnHour, output, thoughts } = countsOf(cost, end);
  return {
    ...NO_USAGE,
    input_tokens: fresh,
    cache_creation_input_tokens: writtenForMinutes + writtenForAnHour,
    cache_read_input_tokens: cached,
    cache_creation: {
      ephemeral_5m_input_tokens: writtenForMinutes,
      ephemeral_1h_input_tokens: writtenForAnHour,
    },
    output_tokens: output,
    output_tokens_details: { thinking_tokens: thoughts },
  };
}

function headersOf({ id }: HeldCall, { ignored }: MessagesWish): Record<string, string> {
  return {
    'request-id': requestIdOf(id),
    ...(ignored.length === 0 ? {} : { 'x-mluen-ignored': ignored.join(',') }),
  };
}
