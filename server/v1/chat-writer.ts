import type { TextEvent } from '#server/providers/provider.ts';
import type { ReasoningDetail } from '#server/providers/text-params.ts';
import { beginStream } from './begin-stream.ts';
import { balanceAfter, endBroken, moneyHeaders } from './finish.ts';
import {
  type AnswerWriter,
  type Cost,
  type Dialect,
  type End,
  type Gathered,
  type HeldCall,
  put,
} from './held-call.ts';
import { answerError, usd } from './openai-errors.ts';

/** OpenAI's chat completions. */
export const chatDialect: Dialect = {
  writer: (call) => (call.stream ? createChunkWriter(call) : createWholeWriter(call)),
  refuse: answerError,
};

function createWholeWriter(call: HeldCall): AnswerWriter {
  return {
    began: () => call.response.headersSent,
    event: () => undefined,
    end: (cost, end, gathered) => answerWhole(call, gathered, end, cost),
    fail: () => call.response.destroy(),
  };
}

function usageBody(cost: Cost, { reasoningTokens, tokens }: End) {
  const units = tokens ?? cost.units;
  const cached = Number(units.cached_input_token ?? 0n);
  const written = Number((units.cache_write_token ?? 0n) + (units.cache_write_hour_token ?? 0n));
  const heard = Number(units.input_audio_token ?? 0n);
  const prompt = Number(units.input_token ?? 0n) + cached + written + heard;
  const completion = Number(units.output_token ?? 0n);
  return {
    prompt_tokens: prompt,
    completion_tokens: completion,
    total_tokens: prompt + completion,
    prompt_tokens_details: { cached_tokens: cached, cache_write_tokens: written, audio_tokens: heard },
    completion_tokens_details: {
      reasoning_tokens: reasoningTokens ?? 0,
      audio_tokens: 0,
      accepted_prediction_tokens: 0,
      rejected_prediction_tokens: 0,
    },
  };
}

function answerWhole(call: HeldCall, gathered: Gathered, end: End, cost: Cost) {
  const toolCalls = gathered.toolCalls?.map((tool) => ({
    id: tool.id ?? '',
    type: 'function',
    function: { name: tool.name ?? '', arguments: tool.arguments },
  }));
  const message = {
    role: 'assistant',
    content: toolCalls && gathered.text === '' ? null : gathered.text,
    refusal: null,
    annotations: [],
    ...(toolCalls ? { tool_calls: toolCalls } : {}),
    ...(gathered.reasoning === null ? {} : { reasoning: gathered.reasoning }),
    // A caller that sends the message back as it is keeps the model's thread.
    ...(gathered.reasoningDetails ? { reasoning_details: gathered.reasoningDetails } : {}),
  };
  const body = JSON.stringify({
    id: `chatcmpl-${call.id}`,
    object: 'chat.completion',
    created: Math.floor(Date.now() / 1000),
    model: call.model.upstream,
    choices: [{ index: 0, message, logprobs: null, finish_reason: end.finish }],
    usage: usageBody(cost, end),
  });
  call.response.writeHead(200, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(body),
    ...moneyHeaders(call, cost),
  });
  put(call, body);
  call.response.end();
}

function createChunkWriter(call: HeldCall): AnswerWriter {
  const { response } = call;
  const common = {
    id: `chatcmpl-${call.id}`,
    object: 'chat.completion.chunk',
    created: Math.floor(Date.now() / 1000),
    model: call.model.upstream,
  };
  let started = false;
  const sealed: ReasoningDetail[] = [];
  const write = (rest: object) => put(call, `data: ${JSON.stringify({ ...common, ...rest })}\n\n`);
  const delta = (value: object, finish: string | null = null) =>
    write({
      choices: [{ index: 0, delta: value, logprobs: null, finish_reason: finish }],
      ...(call.includeUsage ? { usage: null } : {}),
    });
  const start = () => {
    started = true;
    beginStream(call);
    delta({ role: 'assistant', content: '', refusal: null });
  };
  return {
    began: () => started,
    event(event: TextEvent) {
      if (!started) start();
      if (event.type === 'text') delta({ content: event.text });
      else if (event.type === 'reasoning') delta({ reasoning: event.text });
      else if (event.type === 'sealed') sealed.push(event.detail);
      else if (event.type === 'refusal') delta({ refusal: event.text });
      else if (event.type === 'tool_call') {
        delta({
          tool_calls: [
            {
              index: event.index,
              ...(event.id === undefined ? {} : { id: event.id, type: 'function' }),
              function: {
                ...(event.name === undefined ? {} : { name: event.name }),
                arguments: event.arguments,
              },
            },
          ],
        });
      } // Whole, in the last chunk: the clients' own joining overwrites fields that it does not know.
      else delta(sealed.length > 0 ? { reasoning_details: sealed } : {}, event.finish);
    },
    end(cost: Cost, end: End) {
      if (call.includeUsage) write({ choices: [], usage: usageBody(cost, end) });
      put(
        call,
        `: x-mluen-cost=${usd(cost.chargeMicro)} x-mluen-balance=${usd(balanceAfter(call, cost))}\n\ndata: [DONE]\n\n`,
      );
      response.end();
    },
    fail: (message) => endBroken(response, message),
  };
}
