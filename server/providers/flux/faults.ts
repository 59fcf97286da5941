import { acceptedBy, retryAfterMs } from '../answers.ts';
import { type FaultKind, ProviderFault } from '../provider.ts';

/** What a status other than 200 means. Their bodies are `{ detail: text }` or `{ detail: [{ loc, msg }] }`. */
export function fluxFault(
  status: number,
  headers: Record<string, string | undefined>,
  body: Buffer,
): ProviderFault {
  const detail = body.toString('utf8').slice(0, 500);
  return new ProviderFault(kindOf(status, detail), `${status} ${detail}`, {
    accepted: acceptedBy(status),
    retryAfterMs: retryAfterMs(headers),
  });
}

function kindOf(status: number, detail: string): FaultKind {
  switch (status) {
    case 401:
    case 402: // credits are used up: the operator's business
    case 403:
      return 'auth';
    case 422: // a malformed key is told this way as well
      return detail.includes('API key') ? 'auth' : 'bad_input';
    case 429:
      return 'rate_limited';
    case 503:
      return 'overloaded';
    default:
      return status >= 400 && status < 500 ? 'bad_input' : 'unknown';
  }
}
