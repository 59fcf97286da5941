import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { z } from 'zod';
import type { Ask, Quote } from '#contract/generations.ts';
import { boundOf, type CatalogueModel, usualOf, validateParams } from '#server/catalogue/catalogue.ts';
import { checkMessages } from '#server/catalogue/text-params.ts';
import { ProblemError } from '#server/http/problem.ts';
import { adapterFor, type Call, type InputFile, type Units } from '#server/providers/provider.ts';
import type { TextMessage } from '#server/providers/text-params.ts';
import { changesFor } from './file-fit.ts';
import { refuseFiles } from './file-limits.ts';
import { refuseStrangers } from './message-files.ts';
import type { Parts } from './parts.ts';
import { refuseUnreachable } from './public-files.ts';

export type AskValue = z.output<typeof Ask>;

/** How long a shown price holds. */
const QUOTE_MS = 5 * 60_000;

/** What a quote binds: its bound is the most that can be charged. */
interface Bound {
  member: string;
  model: string;
  priceVersion: string;
  boundMicro: string;
  askHash: string;
  until: number;
}

export interface Priced {
  model: CatalogueModel;
  params: Record<string, unknown>;
  bound: Units;
  boundMicro: bigint;
  usualMicro: bigint;
  lines: Quote['lines'];
  exact: boolean;
  /** What is done to files before they are sent. */
  changes: string[];
}

/**
 * Checks an ask against its model and works out the most it can cost. `recalled` are its messages with the sealed
 * reasoning that goes along, which the ask itself does not hold. Throws `not-found` or `invalid-input`.
 */
export function priceAsk(
  parts: Parts,
  memberId: string,
  ask: AskValue,
  files: InputFile[],
  recalled?: TextMessage[],
): Priced {
  const model = parts.catalogue.findModel(ask.modelId);
  if (model === null || !parts.routing.openProviders().has(model.providerId)) {
    throw new ProblemError('not-found', { detail: `There is no model ${ask.modelId} on offer.` });
  }
  const params = checkedParams(model, ask.params);
  refuseFiles(model, files, params);
  refuseStrangers(params.messages, files);
  const call: Call = {
    generationId: '',
    operation: model.kind,
    upstreamModel: model.upstream,
    params: recalled === undefined ? params : { ...params, messages: recalled },
    files,
    memberHash: memberHash(parts, memberId),
  };
  refuseUnreachable(parts, model, call);
  const bound = boundUnits(parts, model, call);
  const priced = boundOf(model, bound, params);
  const exact = model.kind !== 'text' && !Object.keys(bound).some((unit) => unit.endsWith('_token'));
  const usualMicro = exact ? priced.amountMicro : usualOf(model, bound, params).amountMicro;
  const lines = priced.lines.map((line) => ({
    label: line.label,
    quantity: line.quantity.toString(),
    amountMicro: line.amountMicro,
  }));
  const changes = changesFor(model, files);
  return { model, params, bound, boundMicro: priced.amountMicro, usualMicro, lines, exact, changes };
}

/** The parameters with defaults filled in; for text, `messages` has a schema of its own. Throws `invalid-input`. */
export function checkedParams(
  model: CatalogueModel,
  given: Record<string, unknown>,
): Record<string, unknown> {
  if (model.kind !== 'text') return accepted(validateParams(model, given));
  const { messages, ...rest } = given;
  const faults = checkMessages(messages);
  if (faults !== null) return accepted({ ok: false, errors: faults });
  return { messages, ...accepted(validateParams(model, rest)) };
}

function accepted(checked: ReturnType<typeof validateParams>): Record<string, unknown> {
  if (checked.ok) return checked.params;
  throw new ProblemError('invalid-input', {
    errors: checked.errors.map(({ path, message }) => ({ path: `ask.params.${path}`, message })),
  });
}

export function boundUnits(parts: Parts, model: CatalogueModel, call: Call): Units {
  const adapter = adapterFor(parts.routing.provider(model.providerId), model.kind, model.upstream);
  return adapter.kind === 'stream'
    ? withinContext(model, adapter.bound(call, { maxOutputTokens: outputLimit(model, call.params) }))
    : adapter.bound(call);
}

/** More than the model can read at once is refused there: no call uses more of it. */
function withinContext({ contextTokens }: CatalogueModel, bound: Units): Units {
  if (contextTokens === null || bound.input_token === undefined) return bound;
  const most = BigInt(contextTokens);
  return bound.input_token > most ? { ...bound, input_token: most } : bound;
}

/** What we send as the limit of the answer: the caller's own, else the catalogue's default. */
export function outputLimit(model: CatalogueModel, params: Record<string, unknown>): number {
  const asked = params.max_completion_tokens;
  return typeof asked === 'number' ? asked : (model.defaultMaxOutputTokens ?? 4096);
}

/** A quote that the person can bring back: signed, so that nothing has to be stored while someone types. */
export function signQuote(
  parts: Parts,
  memberId: string,
  ask: AskValue,
  priced: Priced,
  now: number,
): { quote: string; expiresAt: string } {
  const bound: Bound = {
    member: memberId,
    model: priced.model.id,
    priceVersion: priced.model.priceVersion,
    boundMicro: priced.boundMicro.toString(),
    askHash: askHash(ask).toString('base64url'),
    until: now + QUOTE_MS,
  };
  const payload = Buffer.from(JSON.stringify(bound)).toString('base64url');
  return { quote: `${payload}.${mac(parts, payload)}`, expiresAt: new Date(bound.until).toISOString() };
}

/** Refuses a quote that is forged, expired, for another ask, or whose price has changed since. */
export function checkQuote(
  parts: Parts,
  memberId: string,
  ask: AskValue,
  quote: string,
  priced: Priced,
  now: number,
): void {
  const [payload = '', signature = ''] = quote.split('.');
  const expected = Buffer.from(mac(parts, payload));
  const given = Buffer.from(signature);
  if (given.length !== expected.length || !timingSafeEqual(given, expected))
    throw new ProblemError('invalid-input', { detail: 'This quote was not made by us.' });
  const bound = JSON.parse(Buffer.from(payload, 'base64url').toString()) as Bound;
  if (bound.member !== memberId || bound.askHash !== askHash(ask).toString('base64url')) {
    throw new ProblemError('invalid-input', {
      detail: 'This quote is for another request. Ask for a new one.',
    });
  }
  if (bound.until < now) throw new ProblemError('quote-expired');
  if (bound.priceVersion !== priced.model.priceVersion || BigInt(bound.boundMicro) !== priced.boundMicro)
    throw new ProblemError('price-changed');
}

function mac(parts: Parts, payload: string): string {
  return createHmac('sha256', parts.config.secrets.app).update(`quote ${payload}`).digest('base64url');
}

/** The same for equal asks, whatever the order of their fields. */
export function askHash(ask: AskValue): Buffer {
  return createHash('sha256').update(canonical(ask)).digest();
}

function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (value === null || typeof value !== 'object') return JSON.stringify(value) ?? 'null';
  const entries = Object.entries(value)
    .filter(([, each]) => each !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([key, each]) => `${JSON.stringify(key)}:${canonical(each)}`).join(',')}}`;
}

/** The end-user id that some providers ask for: equal for one member, telling nothing about them (clause 6.1). */
export function memberHash(parts: Pick<Parts, 'config'>, memberId: string): string {
  return createHmac('sha256', parts.config.secrets.app)
    .update(`member ${memberId}`)
    .digest('hex')
    .slice(0, 32);
}
