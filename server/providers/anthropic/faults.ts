import { acceptedBy, jsonOrNull, retryAfterMs } from '../answers.ts';
import { type FaultKind, ProviderFault } from '../provider.ts';
import { ErrorBody } from './wire.ts';

/** Limits that last until the month turns: the operator's business, no waiting helps. */
const SPENT = new Set([
  'enforced_spend_limit_reached',
  'contract_spend_limit_reached',
  'organization_on_hold',
]);

export function anthropicFault(
  status: number,
  headers: Record<string, string | undefined>,
  body: Buffer,
): ProviderFault {
  const { success, data } = ErrorBody.safeParse(jsonOrNull(body.toString('utf8')));
  const { type, message, details } = success ? data.error : { type: '', message: null, details: null };
  const code = details?.error_code ?? '';
  const kind = SPENT.has(code) ? 'auth' : (kinds[type] ?? kindOf(status));
  return new ProviderFault(kind, `${status} ${code || type} ${message ?? ''}`, {
    accepted: acceptedBy(status),
    retryAfterMs: retryAfterMs(headers),
  });
}

/** An error inside a stream: the answer had begun. */
export function anthropicStreamFault(type: string, message: string): ProviderFault {
  return new ProviderFault(kinds[type] ?? 'unknown', `in the stream: ${type} ${message}`, {
    accepted: 'yes',
  });
}

const kinds: Record<string, FaultKind> = {
  invalid_request_error: 'bad_input',
  authentication_error: 'auth',
  billing_error: 'auth',
  permission_error: 'auth',
  not_found_error: 'bad_input',
  request_too_large: 'bad_input',
  conflict_error: 'unknown',
  rate_limit_error: 'rate_limited',
  api_error: 'unknown',
  timeout_error: 'timeout',
  overloaded_error: 'overloaded',
};

function kindOf(status: number): FaultKind {
  switch (status) {
    case 401:
    case 402:
    case 403:
      return 'auth';
    case 429:
      return 'rate_limited';
    case 503:
    case 529:
      return 'overloaded';
    case 408:
    case 504:
      return 'timeout';
    default:
      return status >= 400 && status < 500 ? 'bad_input' : 'unknown';
  }
}
