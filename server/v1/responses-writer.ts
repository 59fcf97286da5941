import { beginStream } from './begin-stream.ts';
import { countsOf, promptOf } from './counts.ts';
import { balanceAfter, moneyHeaders } from './finish.ts';
import { type AnswerWriter, type Cost, type Dialect, type End, type HeldCall, put } from './held-call.ts';
import { answerError, usd } from './openai-errors.ts';
import { Items } from './responses-items.ts';
import type { ResponsesRequest } from './responses-schema.ts';

/** OpenAI's responses; `ignored` are fields that the model could not take. */
export function responsesDialect(asked: ResponsesRequest, ignored: readonly string[]): Dialect {
  return {
    writer: (call) =>
      call.stream ? createStreamWriter(call, asked, ignored) : createWholeWriter(call, asked, ignored),
    refuse: answerError,
  };
}

function itemsFor(
  call: HeldCall,
  asked: ResponsesRequest,
  say: ConstructorParameters<typeof Items>[0],
): Items {
  return new Items(say, {
    suffix: call.id.replaceAll('-', ''),
    showsThoughts: asked.reasoning?.summary != null,
    includesSealed: asked.include?.includes('reasoning.encrypted_content') === true,
  });
}

function createWholeWriter(
  call: HeldCall,
  asked: ResponsesRequest,
  ignored: readonly string[],
): AnswerWriter {
  const items = itemsFor(call, asked, () => undefined);
  return {
    began: () => call.response.headersSent,
    event: (event) => void (event.type === 'end' || items.take(event)),
    end(cost, end) {
      items.close(end.finish === 'length' ? 'incomplete' : 'completed');
      const body = JSON.stringify(finalOf(call, asked, items, cost, end));
      call.response.writeHead(200, {
        'content-type': 'application/json',
        'content-length': Buffer.byteLength(body),
        ...ignoredHeader(ignored),
        ...moneyHeaders(call, cost),
      });
      put(call, body);
      call.response.end();
    },
    fail: () => call.response.destroy(),
  };
}

function createStreamWriter(
  call: HeldCall,
  asked: ResponsesRequest,
  ignored: readonly string[],
): AnswerWriter {
  const { response } = call;
  let began = false;
  let sequence = 0;
  const say = (type: string, rest: object) => {
    put(call, `event: ${type}\ndata: ${JSON.stringify({ type, sequence_number: sequence, ...rest })}\n\n`);
    sequence += 1;
  };
  const items = itemsFor(call, asked, say);
  const begin = () => {
    began = true;
    beginStream(call, ignoredHeader(ignored));
    for (const type of ['response.created', 'response.in_progress'])
      say(type, { response: responseOf(call, asked, { status: 'in_progress' }) });
  };
  return {
    began: () => began,
    event(event) {
      if (!began) begin();
      if (event.type !== 'end') items.take(event);
    },
    end(cost, end) {
      items.close(end.finish === 'length' ? 'incomplete' : 'completed');
      const final = finalOf(call, asked, items, cost, end);
      // A comment line, which every client skips: the price of a stream is known only at its end.
      put(
        call,
        `: x-mluen-cost=${usd(cost.chargeMicro)} x-mluen-balance=${usd(balanceAfter(call, cost))}\n\n`,
      );
      say(REASONS[end.finish] === undefined ? 'response.completed' : 'response.incomplete', {
        response: final,
      });
      response.end();
    },
    fail(message) {
      if (response.destroyed || response.writableEnded) return;
      const failed = { status: 'failed', error: { code: 'server_error', message }, output: items.output };
      say('response.failed', { response: responseOf(call, asked, failed) });
      response.end();
    },
  };
}

/** Why an answer is not whole. */
const REASONS: Partial<Record<End['finish'], string>> = {
  length: 'max_output_tokens',
  content_filter: 'content_filter',
};

function finalOf(call: HeldCall, asked: ResponsesRequest, items: Items, cost: Cost, end: End) {
  const reason = REASONS[end.finish];
  return responseOf(call, asked, {
    status: reason === undefined ? 'completed' : 'incomplete',
    incomplete_details: reason === undefined ? null : { reason },
    output: items.output,
    usage: usageOf(cost, end),
    ...(reason === undefined ? { completed_at: seconds() } : {}),
  });
}

const seconds = () => Math.floor(Date.now() / 1000);

function responseOf(call: HeldCall, asked: ResponsesRequest, fields: object): object {
  return {
    id: `resp_${call.id.replaceAll('-', '')}`,
    object: 'response',
    created_at: seconds(),
    error: null,
    incomplete_details: null,
    instructions: asked.instructions ?? null,
    max_output_tokens: asked.max_output_tokens ?? null,
    metadata: asked.metadata ?? {},
    model: asked.model,
    output: [],
    parallel_tool_calls: asked.parallel_tool_calls ?? true,
    previous_response_id: null,
    reasoning: { effort: asked.reasoning?.effort ?? null, summary: asked.reasoning?.summary ?? null },
    background: false,
    service_tier: 'default',
    store: false,
    temperature: asked.temperature ?? 1,
    text: { format: asked.text?.format ?? { type: 'text' }, verbosity: asked.text?.verbosity ?? 'medium' },
    tool_choice: asked.tool_choice ?? 'auto',
    tools: (asked.tools ?? []).map((tool) => ({
      ...tool,
      parameters: tool.parameters ?? null,
      strict: tool.strict ?? true,
    })),
    top_p: asked.top_p ?? 1,
    truncation: asked.truncation ?? 'disabled',
    user: null,
    ...fields,
  };
}

/** All that came in and out, with what of it a cache held and what was thought. */
function usageOf(cost: Cost, end: End) {
  const counts = countsOf(cost, end);
  const input = promptOf(counts);
  const { cached, output, thoughts, writtenForMinutes, writtenForAnHour } = counts;
  return {
    input_tokens: input,
    input_tokens_details: {
      cached_tokens: cached,
      cache_write_tokens: writtenForMinutes + writtenForAnHour,
      cache_write_tokens_details: { ttl_30m_tokens: writtenForMinutes, ttl_12h_tokens: writtenForAnHour },
    },
    output_tokens: output,
    output_tokens_details: { reasoning_tokens: thoughts },
    total_tokens: input + output,
  };
}

function ignoredHeader(ignored: readonly string[]): Record<string, string> {
  return ignored.length === 0 ? {} : { 'x-mluen-ignored': ignored.join(',') };
}
