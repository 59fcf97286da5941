import { acceptedBy, jsonOrNull, retryAfterMs } from '../answers.ts';
import { type FaultKind, ProviderFault } from '../provider.ts';
import { ErrorBody } from './wire.ts';

/** Finish and block reasons that mean: the content, not the call. */
export const REFUSALS = new Set([
  'SAFETY',
  'RECITATION',
  'LANGUAGE',
  'BLOCKLIST',
  'PROHIBITED_CONTENT',
  'SPII',
  'IMAGE_SAFETY',
  'IMAGE_PROHIBITED_CONTENT',
  'IMAGE_RECITATION',
  'JAILBREAK',
  'MODEL_ARMOR',
]);

export function googleFault(
  status: number,
  headers: Record<string, string | undefined>,
  body: Buffer,
): ProviderFault {
  const parsed = ErrorBody.safeParse(jsonOrNull(body.toString('utf8')));
  const error = parsed.data?.error;
  const word = error?.status ?? (typeof error?.code === 'string' ? error.code : '');
  const message = error?.message ?? body.toString('utf8').slice(0, 300);
  return new ProviderFault(kindOf(status, word, message), `${status} ${word} ${message}`, {
    accepted: acceptedBy(status),
    retryAfterMs: retryDelayMs(error?.details ?? []) ?? retryAfterMs(headers),
  });
}

function kindOf(status: number, word: string, message: string): FaultKind {
  if (REFUSALS.has(word.toUpperCase()) || /blocked by safety|prohibited content/i.test(message))
    return 'rejected_content';
  // A bad key is told as a bad field; region and billing are the operator's too.
  if (status === 400)
    return word === 'FAILED_PRECONDITION' || /api key/i.test(message) ? 'auth' : 'bad_input';
  switch (status) {
    case 401:
    case 402:
    case 403:
      return 'auth';
    case 408:
    case 504:
      return 'timeout';
    case 429: // a limit of zero or of a day is no matter of waiting
      return /limit: 0\b|PerDay/i.test(message) ? 'auth' : 'rate_limited';
    case 503:
      return 'overloaded';
    default:
      return status >= 400 && status < 500 ? 'bad_input' : 'unknown';
  }
}

/** `RetryInfo.retryDelay`, such as `46s`. */
function retryDelayMs(details: Record<string, unknown>[]): number | undefined {
  const delay = details.map(({ retryDelay }) => retryDelay).find((each) => typeof each === 'string');
  const seconds = Number.parseFloat(delay ?? '');
  return seconds > 0 ? seconds * 1000 : undefined;
}
