import { asFault, attempt } from '#server/generations/attempt.ts';
import type { Parts } from '#server/generations/parts.ts';
import type { Running } from '#server/generations/record.ts';
import { routeOf } from '#server/generations/run-task.ts';
import { ProviderFault, type TextEvent } from '#server/providers/provider.ts';
import { addFragment } from '#server/providers/tool-calls.ts';
import { CUT, capture, costOf, giveBack, ownCost } from './finish.ts';
import type { AnswerWriter, End, Gathered, HeldCall } from './held-call.ts';
import { errorOfFault, usd } from './openai-errors.ts';
import { drained, stallMs } from './slow-reader.ts';
import { routeHeaders } from './way.ts';

/** Calls whose provider speaks another dialect than the caller: read by its adapter, written by the caller's dialect. */
export async function translate(parts: Parts, call: HeldCall): Promise<void> {
  const writer = call.dialect.writer(call);
  call.writer = writer;
  const gathered: Gathered = { text: '', reasoning: null };
  let end: End | null = null;
  const left = new AbortController();
  const running = runningOf(call);
  try {
    await attempt(parts, running, call.route, left.signal, async (context) => {
      call.route = routeOf(parts, running, call.route);
      for await (const event of call.adapter.stream(call.call, context)) {
        if (event.type === 'end') end = event;
        else gather(gathered, event);
        writer.event(event);
        await drained(call.response, stallMs(parts));
      }
      if (end === null)
        throw new ProviderFault('unknown', 'the stream stopped without an end', { accepted: 'yes' });
    });
  } catch (error) {
    return fail(parts, call, gathered, asFault(error), writer);
  }
  const ended = end as unknown as End;
  const { usage } = ended;
  const cost = usage === null ? await ownCost(parts, call, gathered.text) : costOf(parts, call, usage);
  writer.end(cost, ended, gathered);
  capture(parts, call, cost, () => gathered);
}

function fail(parts: Parts, call: HeldCall, gathered: Gathered, fault: ProviderFault, writer: AnswerWriter) {
  const began = writer.began();
  giveBack(parts, call, began ? 'cut' : fault.kind, () => ({ ...gathered, fault: fault.detail }));
  if (began) writer.fail(CUT);
  else
    call.dialect.refuse(call.response, errorOfFault(fault), {
      'x-mluen-generation': call.id,
      'x-mluen-cost': usd(0n),
      'x-mluen-balance': usd(call.availableMicro + call.boundMicro),
      ...routeHeaders(call),
    });
}

function runningOf(call: HeldCall): Running {
  return {
    memberId: call.caller.memberId,
    id: call.id,
    holdId: call.holdId,
    source: 'api',
    kind: 'text',
    modelId: call.model.id,
    providerId: call.model.providerId,
    routeId: call.route.id,
    priceVersion: call.model.priceVersion,
    state: 'held',
    heldMicro: call.boundMicro,
    params: call.call.params,
    fileIds: [],
    bound: {},
    task: null,
    wish: call.wish,
    tries: call.tries,
    sentTo: call.sentTo,
    key: call.key,
  };
}

function gather(gathered: Gathered, event: Exclude<TextEvent, End>) {
  switch (event.type) {
    case 'text':
    case 'refusal':
      gathered.text += event.text;
      break;
    case 'reasoning':
      gathered.reasoning = (gathered.reasoning ?? '') + event.text;
      break;
    case 'tool_call':
      gathered.toolCalls ??= [];
      addFragment(gathered.toolCalls, event);
      break;
    case 'sealed':
      gathered.reasoningDetails ??= [];
      gathered.reasoningDetails.push(event.detail);
      break;
    default:
      event satisfies never;
  }
}
