import { acceptedBy, jsonOrNull, retryAfterMs } from '../answers.ts';
import { type FaultKind, ProviderFault } from '../provider.ts';
import { ErrorBody } from './wire.ts';

/** Words that mean the content, not the call. */
const REFUSALS = /policy|moderat|bad_prompt|bad_composition_plan|prohibited|blocked/;

export function elevenlabsFault(
  status: number,
  headers: Record<string, string | undefined>,
  body: Buffer,
): ProviderFault {
  const { word, message } = toldBy(body.toString('utf8'));
  return new ProviderFault(kindOf(status, word), `${status} ${word} ${message}`, {
    accepted: acceptedBy(status),
    retryAfterMs: retryAfterMs(headers),
  });
}

function kindOf(status: number, word: string): FaultKind {
  if (status < 500 && REFUSALS.test(word)) return 'rejected_content';
  switch (status) {
    case 401: // a bad key, or no credits left: the operator's business both
    case 402:
    case 403:
      return 'auth';
    case 408:
    case 504:
      return 'timeout';
    case 409:
    case 425:
      return 'overloaded';
    case 429:
      return 'rate_limited';
    case 503:
      return 'overloaded';
    default:
      return status >= 400 && status < 500 ? 'bad_input' : 'unknown';
  }
}

function toldBy(text: string): { word: string; message: string } {
  const { success, data } = ErrorBody.safeParse(jsonOrNull(text));
  if (!success) return { word: '', message: text.slice(0, 300) };
  const { detail } = data;
  if (typeof detail === 'string') return { word: '', message: detail };
  if (Array.isArray(detail))
    return { word: 'invalid', message: detail.map(({ loc, msg }) => `${loc.join('.')}: ${msg}`).join('; ') };
  return { word: detail.status ?? '', message: detail.message ?? '' };
}
