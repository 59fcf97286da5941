import { acceptedBy, jsonOrNull, retryAfterMs } from '../answers.ts';
import { type FaultKind, ProviderFault } from '../provider.ts';
import { ErrorBody } from './wire.ts';

export function replicateFault(
  status: number,
  headers: Record<string, string | undefined>,
  body: Buffer,
): ProviderFault {
  const text = body.toString('utf8');
  const { data } = ErrorBody.safeParse(jsonOrNull(text));
  const detail = data?.detail ?? data?.title ?? text.slice(0, 300);
  return new ProviderFault(kindOf(status), `${status} ${detail}`, {
    accepted: acceptedBy(status),
    retryAfterMs: retryAfterMs(headers) ?? waitIn(detail),
  });
}

/** «Your rate limit resets in ~30s.»: the delay may stand in the words alone. */
function waitIn(detail: string): number | undefined {
  const seconds = /resets in ~?(\d+)\s*s/.exec(detail)?.[1];
  return seconds === undefined ? undefined : Number(seconds) * 1000;
}

function kindOf(status: number): FaultKind {
  switch (status) {
    case 401:
    case 402: // the account is out of credit: the operator's business
    case 403:
      return 'auth';
    case 429:
      return 'rate_limited';
    case 503:
      return 'overloaded';
    case 504:
      return 'timeout';
    default:
      return status >= 400 && status < 500 ? 'bad_input' : 'unknown';
  }
}

/** A refusal of content has no code there: these words have been seen. */
const REFUSAL = /flagged as sensitive|nsfw|\(E005\)|safety|content policy|moderat/i;

/** Why a prediction failed, from its words alone. */
export function failed(error: string): ProviderFault {
  return new ProviderFault(REFUSAL.test(error) ? 'rejected_content' : 'unknown', error.slice(0, 500), {
    accepted: 'yes',
  });
}
