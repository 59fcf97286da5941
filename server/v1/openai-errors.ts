import type { ServerResponse } from 'node:http';
import type { FaultKind, ProviderFault } from '#server/providers/provider.ts';

/** A refusal in the shape that OpenAI's clients read. */
export class ApiError extends Error {
  override name = 'ApiError';
  readonly status: number;
  readonly type: string;
  readonly code: string | null;
  readonly param: string | null;
  readonly headers: Record<string, string>;

  constructor(
    status: number,
    type: string,
    code: string | null,
    message: string,
    options: { param?: string; headers?: Record<string, string> } = {},
  ) {
    super(message);
    this.status = status;
    this.type = type;
    this.code = code;
    this.param = options.param ?? null;
    this.headers = options.headers ?? {};
  }
}

export function errorBody(error: ApiError): string {
  return JSON.stringify({
    error: { message: error.message, type: error.type, param: error.param, code: error.code },
  });
}

export function answerError(
  response: ServerResponse,
  error: ApiError,
  headers: Record<string, string> = {},
): void {
  const body = errorBody(error);
  response.writeHead(error.status, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(body),
    ...headers,
    ...error.headers,
  });
  response.end(body);
}

/** Money in headers and messages: US dollars with six places. */
export function usd(micro: bigint): string {
  const sign = micro < 0n ? '-' : '';
  const digits = (micro < 0n ? -micro : micro).toString().padStart(7, '0');
  return `${sign}${digits.slice(0, -6)}.${digits.slice(-6)}`;
}

/** Throws `ApiError` for a hold that was not granted. `orElse`: what to do beside adding money. */
export function refuseHold(
  { PUBLIC_URL }: { PUBLIC_URL?: string | undefined },
  { status, availableMicro }: { status: string; availableMicro: bigint },
  boundMicro: bigint,
  orElse: string,
): void {
  if (status === 'insufficient')
    throw insufficientFunds(boundMicro, availableMicro, `${PUBLIC_URL ?? ''}/wallet/top-up`, orElse);
  if (status === 'capped') throw capReached(boundMicro, availableMicro);
  if (status === 'stopped') throw postingPaused();
  if (status === 'restricted')
    throw new ApiError(
      403,
      'invalid_request_error',
      'processing_restricted',
      `The owner of this account has stopped processing. It is lifted at ${PUBLIC_URL ?? ''}/settings/privacy. Nothing was sent or charged.`,
      { headers: { 'x-should-retry': 'false' } },
    );
  if (status !== 'ok')
    throw new ApiError(
      403,
      'invalid_request_error',
      'account_restricted',
      'This account cannot spend at the moment. Sign in to see why.',
    );
}

function insufficientFunds(
  boundMicro: bigint,
  availableMicro: bigint,
  topUpUrl: string,
  orElse: string,
): ApiError {
  const missing = boundMicro - availableMicro;
  return new ApiError(
    402,
    'insufficient_quota',
    'insufficient_funds',
    `This can cost up to $${usd(boundMicro)}, and $${usd(availableMicro)} is available: $${usd(missing)} is missing. Add money at ${topUpUrl}, or ${orElse}. Nothing was charged.`,
    { headers: { 'x-mluen-missing': usd(missing), 'x-should-retry': 'false' } },
  );
}

/** A spend limit of the wallet or of this key; `leftMicro` is what it still allows. */
function capReached(boundMicro: bigint, leftMicro: bigint): ApiError {
  return new ApiError(
    402,
    'insufficient_quota',
    'cap_reached',
    `This can cost up to $${usd(boundMicro)}, and a spend limit of this account or key leaves $${usd(leftMicro)}. Raise the limit in the settings, or send a smaller max_completion_tokens. Nothing was charged.`,
    { headers: { 'x-mluen-missing': usd(boundMicro - leftMicro), 'x-should-retry': 'false' } },
  );
}

/** Our books did not agree, so nothing is held or charged for the moment. */
function postingPaused(): ApiError {
  return new ApiError(
    503,
    'service_unavailable_error',
    'posting_paused',
    'Payments in this currency are paused while we check our books. Nothing was charged; try again later.',
    { headers: { 'retry-after': '300' } },
  );
}

const byKind: Record<FaultKind, (fault: ProviderFault) => ApiError> = {
  rejected_content: () =>
    new ApiError(
      400,
      'invalid_request_error',
      'content_policy_violation',
      'The provider declined this request under its own safety rules. You were not charged.',
    ),
  bad_input: (fault) =>
    new ApiError(
      400,
      'invalid_request_error',
      'bad_input',
      `The provider could not accept this request: ${fault.detail.slice(0, 500)} You were not charged.`,
    ),
  rate_limited: (fault) =>
    new ApiError(
      429,
      'rate_limit_error',
      'rate_limit_exceeded',
      'The provider is taking no more requests at the moment. You were not charged.',
      { headers: { 'retry-after': String(Math.ceil((fault.retryAfterMs ?? 1000) / 1000)) } },
    ),
  overloaded: () =>
    new ApiError(
      503,
      'service_unavailable_error',
      'server_is_overloaded',
      'The provider is overloaded or could not be reached. You were not charged.',
    ),
  auth: () =>
    new ApiError(
      503,
      'service_unavailable_error',
      'provider_unavailable',
      'Our access to this provider has a problem; our staff have been told. You were not charged.',
      { headers: { 'x-should-retry': 'false' } },
    ),
  timeout: () =>
    new ApiError(
      504,
      'server_error',
      'provider_timeout',
      'The provider did not answer in time. You were not charged.',
    ),
  unknown: () =>
    new ApiError(
      502,
      'server_error',
      'provider_error',
      'The provider could not finish this. You were not charged.',
    ),
};

export function errorOfFault(fault: ProviderFault): ApiError {
  return byKind[fault.kind](fault);
}
