import type { CatalogueModel } from '#server/catalogue/catalogue.ts';
import type { OpenRoute } from '#server/egress/egress.ts';
import {
  adapterFor,
  type Call,
  type Done,
  type InputFile,
  ProviderFault,
  type ReplyAdapter,
} from '#server/providers/provider.ts';
import { asFault, attempt, contextFor, goOnBy, mayGoElsewhere } from './attempt.ts';
import type { ProviderRoute } from './configured-routes.ts';
import { deliver } from './deliver.ts';
import { deliverSurely, Undelivered } from './deliver-surely.ts';
import { fitFiles } from './file-fit.ts';
import type { Parts } from './parts.ts';
import { modelAt } from './price-list.ts';
import { withAddresses } from './public-files.ts';
import { memberHash } from './quote.ts';
import type { Running } from './record.ts';
import { moveTo, OutcomeUnknown, routeOf, runTask, type Watch } from './run-task.ts';
import { servingOf } from './serving.ts';
import type { End } from './settle.ts';
import { elsewhere } from './ways.ts';
import { webhookFor } from './webhooks.ts';

/**
 * Runs an image, video, speech, sound or music call to its end: sent, watched, fetched, stored. Where the provider takes
 * nothing, it goes to one who makes the same, if the person lets it.
 */
export async function runMedia(
  parts: Parts,
  running: Running,
  route: ProviderRoute,
  files: InputFile[],
  watch: Watch,
  signal: AbortSignal,
): Promise<End> {
  const model = await modelAt(parts, running.priceVersion);
  if (model === null) throw new Error(`price list ${running.priceVersion} is gone`);
  const asked = new Set<string>();
  for (let current = route; ; ) {
    try {
      return await runAt(parts, running, model, current, files, watch, signal);
    } catch (error) {
      if (error instanceof OutcomeUnknown) throw error;
      // Our own database failed, not the provider: the run is taken up again, and nothing is given away.
      if (!(error instanceof ProviderFault) && !signal.aborted) throw error;
      asked.add(running.providerId);
      const fault = asFault(error, signal);
      const mayGo =
        !signal.aborted && running.task === null && running.wish.fallback && mayGoElsewhere(fault);
      const next = mayGo ? await anotherProvider(parts, running, model, files, asked) : null;
      if (next === null) return endOf(fault, signal);
      current = next;
    }
  }
}

/** The call as it was asked for, by the provider that serves it now. */
async function runAt(
  parts: Parts,
  running: Running,
  model: CatalogueModel,
  route: ProviderRoute,
  files: InputFile[],
  watch: Watch,
  signal: AbortSignal,
): Promise<End> {
  const serving = servingOf(parts, model, running.providerId, running.params);
  if (serving === null)
    throw new ProviderFault('unknown', `${running.providerId} no longer serves ${model.id}`, {
      accepted: 'maybe',
    });
  const { upstream } = serving.model;
  const adapter = adapterFor(parts.routing.provider(running.providerId), running.kind, upstream);
  const call: Call = {
    generationId: running.id,
    operation: running.kind,
    upstreamModel: upstream,
    params: serving.params,
    files: await fitFiles(serving.model, files),
    memberHash: memberHash(parts, running.memberId),
    webhook: webhookFor(parts, route, running.memberId, running.id),
  };
  if (adapter.kind !== 'task') {
    const done = await attempt(parts, running, route, signal, (context) =>
      (adapter as ReplyAdapter).run(call, { ...context, onPartial: watch.onPartial }),
    );
    return deliverDone(parts, running, done, null, signal);
  }
  const toSend = withAddresses(parts, adapter, route, call, running);
  const done = await runTask(parts, running, route, adapter, toSend, watch, signal);
  const lookAgain = async () => {
    const { task } = running;
    if (task === null) return null;
    const state = await adapter.poll(
      task,
      contextFor(parts, running, routeOf(parts, running, route), signal),
    );
    return state.state === 'done' ? state : null;
  };
  return deliverDone(parts, running, done, lookAgain, signal);
}

/** Stored, and charged; where that fails for long, given back, and the house bears what the provider bills. */
async function deliverDone(
  parts: Parts,
  running: Running,
  done: Done,
  lookAgain: (() => Promise<Done | null>) | null,
  signal: AbortSignal,
): Promise<End> {
  await moveTo(parts, running, 'delivering');
  const route = parts.routing.byId(running.routeId)!;
  try {
    return endOfDone(running, done, await deliverSurely(parts, running, route, done, lookAgain, signal));
  } catch (error) {
    if (!(error instanceof Undelivered)) throw error;
    return {
      state: signal.aborted ? 'cancelled' : 'released',
      ending: signal.aborted ? 'cancelled' : 'undelivered',
      usage: null,
      borne: done.usage ?? running.bound,
      answer: { text: null, reasoning: null, fault: error.message },
      outputs: [],
    };
  }
}

async function anotherProvider(
  parts: Parts,
  running: Running,
  model: CatalogueModel,
  files: InputFile[],
  not: ReadonlySet<string>,
): Promise<ProviderRoute | null> {
  const { memberId, params, bound, heldMicro, wish } = running;
  const asked = { memberId, model, params, files, bound, boundMicro: heldMicro };
  const next = await elsewhere(parts, asked, wish, not);
  if (next === null) return null;
  running.bound = next.bound;
  running.state = 'held';
  await goOnBy(parts, running, next.route);
  return next.route;
}

function endOf(fault: ProviderFault, signal: AbortSignal): End {
  return {
    state: signal.aborted ? 'cancelled' : 'released',
    ending: signal.aborted ? 'cancelled' : fault.kind,
    usage: null,
    ...(fault.usage === undefined ? {} : { borne: fault.usage }),
    answer: { text: null, reasoning: null, fault: fault.detail },
    outputs: [],
  };
}

/** The end of work that is done: its outputs fetched and stored, its usage as the provider tells it. */
export async function delivered(parts: Parts, running: Running, route: OpenRoute, done: Done): Promise<End> {
  const { send } = contextFor(parts, running, route, AbortSignal.timeout(10 * 60_000));
  return endOfDone(running, done, await deliver(parts, running, done.artifacts, send));
}

function endOfDone(running: Running, done: Done, outputs: End['outputs']): End {
  return {
    state: 'settled',
    ending: null,
    outputs,
    usage:
      done.usage === null
        ? { units: running.bound, countedBy: 'estimated' }
        : { units: done.usage, countedBy: 'provider' },
    answer: done.text === undefined ? null : { text: done.text, reasoning: null },
  };
}
