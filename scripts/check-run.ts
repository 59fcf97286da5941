import { setTimeout as delay } from 'node:timers/promises';
import {
  type Artifact,
  type Call,
  type Context,
  type Done,
  ProviderFault,
  type TextAdapter,
  type TextEvent,
  type Units,
} from '#server/providers/provider.ts';
import type { ReasoningDetail, TextMessage } from '#server/providers/text-params.ts';
import { addFragment, type ToolCall } from '#server/providers/tool-calls.ts';
import { boundOf, type Check, costOf } from './check-plan.ts';

export interface Outcome {
  units: Units;
  costMicro: bigint;
  /** What was seen, in a few words. */
  seen: string;
}

/** Runs one check at its host. Throws what went wrong, in words for an operator. */
export async function runCheck(check: Check, context: Context): Promise<Outcome> {
  const { adapter, call } = check;
  switch (adapter.kind) {
    case 'stream':
      return check.what === 'tools' ? toolRound(check, adapter, context) : answer(check, adapter, context);
    case 'reply':
      return delivered(check, await adapter.run(call, context), context);
    case 'task': {
      const deadline = Date.now() + adapter.deadlineMs;
      let state = await adapter.submit(call, context);
      while (state.state === 'running') {
        if (Date.now() > deadline) throw new Error('not done within its deadline');
        await delay(state.pollAfterMs);
        state = await adapter.poll(state.task, context);
      }
      return delivered(check, state, context);
    }
    default:
      return adapter satisfies never;
  }
}

async function answer(check: Check, adapter: TextAdapter, context: Context): Promise<Outcome> {
  const { text, usage, pieces } = await gathered(adapter, check.call, context);
  if (text.trim() === '') throw new Error('the answer has no words');
  return outcome(check, usage, `${pieces} pieces, “${text.trim().slice(0, 40)}”`);
}

/** A tool is called, and its result sent back with all that the provider sealed: it must go on from there. */
async function toolRound(check: Check, adapter: TextAdapter, context: Context): Promise<Outcome> {
  const first = await gathered(adapter, check.call, context);
  const [called] = first.calls;
  if (called?.id === undefined) throw new Error('no tool was called');
  const asked = check.call.params.messages as TextMessage[];
  const said: TextMessage = {
    role: 'assistant',
    content: first.text === '' ? null : first.text,
    tool_calls: first.calls.map(({ id = '', name = '', arguments: text }) => ({
      id,
      type: 'function',
      function: { name, arguments: text },
    })),
    ...(first.details.length > 0 && { reasoning_details: first.details }),
  };
  const results: TextMessage[] = first.calls.map(({ id }) => ({
    role: 'tool',
    tool_call_id: id,
    content: 'Mild, 11 degrees.',
  }));
  const again: Call = {
    ...check.call,
    generationId: crypto.randomUUID(),
    params: { ...check.call.params, messages: [...asked, said, ...results] },
  };
  const second = await gathered(adapter, again, context);
  const seals = first.details.length;
  return outcome(check, sum(first.usage, second.usage), `${called.name} called, ${seals} seals handed back`);
}

interface Gathered {
  text: string;
  calls: ToolCall[];
  details: ReasoningDetail[];
  usage: Units | null;
  pieces: number;
}

async function gathered(adapter: TextAdapter, call: Call, context: Context): Promise<Gathered> {
  const all: Gathered = { text: '', calls: [], details: [], usage: null, pieces: 0 };
  let end: TextEvent | undefined;
  for await (const event of adapter.stream(call, context)) {
    if (event.type === 'text') {
      all.text += event.text;
      all.pieces += 1;
    } else if (event.type === 'tool_call') addFragment(all.calls, event);
    else if (event.type === 'sealed') all.details.push(event.detail);
    else if (event.type === 'end') end = event;
  }
  if (end?.type !== 'end') throw new Error('the stream stopped without its end');
  return { ...all, usage: end.usage };
}

function sum(a: Units | null, b: Units | null): Units | null {
  if (a === null || b === null) return null;
  const units = { ...a };
  for (const [unit, count] of Object.entries(b) as [keyof Units, bigint][])
    units[unit] = (units[unit] ?? 0n) + count;
  return units;
}

async function delivered(check: Check, done: Done, context: Context): Promise<Outcome> {
  const isWords = check.call.operation === 'transcription';
  if (isWords && done.text === undefined) throw new Error('no words came');
  if (!isWords && done.artifacts.length === 0) throw new Error('nothing came');
  const sizes = await Promise.all(done.artifacts.map((artifact) => sizeOf(artifact, context)));
  const seen = isWords ? `“${(done.text ?? '').slice(0, 40)}”` : `${sizes.join(', ')} bytes`;
  return outcome(check, done.usage, seen);
}

/** A result is fetched at once, as in the product: addresses end. */
async function sizeOf(artifact: Artifact, context: Context): Promise<number> {
  if ('bytes' in artifact) return artifact.bytes.length;
  const { url, headers } = artifact;
  const answer = await context.send({ method: 'GET', url, headers, kinds: ['none'] });
  if (answer.status !== 200) throw new Error(`its result answers ${answer.status}`);
  const { length } = await answer.bytes();
  if (length < 100) throw new Error('its result is empty');
  return length;
}

/** A provider that counts in units of its own rounds a call up to a whole one: a hundredth of a cent at most. */
const ROUNDING_MICRO = 100n;

/** Where the host tells no usage, the bound is what is charged. What costs more than was held must never be. */
function outcome(check: Check, usage: Units | null, seen: string): Outcome {
  const units = usage ?? boundOf(check);
  const costMicro = costOf(check.model, units, check.call.params);
  if (costMicro > check.boundMicro + ROUNDING_MICRO)
    throw new Error(`it used more than would have been held: ${costMicro} of ${check.boundMicro} micro`);
  return { units, costMicro, seen: usage === null ? `${seen}, no usage told` : seen };
}

/** A key that the host cannot know must be the operator's fault, and nothing accepted. Costs nothing. */
export async function refusesKey(check: Check, context: Context): Promise<string | null> {
  const wrong = { ...context, route: { ...context.route, key: 'invalid-key-0000' } };
  const { adapter, call } = check;
  try {
    if (adapter.kind === 'stream') for await (const _ of adapter.stream(call, wrong)) break;
    else if (adapter.kind === 'reply') await adapter.run(call, wrong);
    else await adapter.submit(call, wrong);
    return 'a wrong key was taken';
  } catch (error) {
    if (!(error instanceof ProviderFault)) return String(error);
    return error.kind === 'auth' && error.accepted === 'no' ? null : `a wrong key is told as ${error.kind}`;
  }
}
