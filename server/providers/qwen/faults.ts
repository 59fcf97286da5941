import { acceptedBy, jsonOrNull, retryAfterMs } from '../answers.ts';
import { type FaultKind, ProviderFault } from '../provider.ts';

/** Bodies of both modes: `{error: {code, message}}`, and `{code, message}`. Codes come in two spellings. */
export function qwenFault(
  status: number,
  headers: Record<string, string | undefined>,
  body: Buffer,
): ProviderFault {
  const text = body.toString('utf8');
  const outer = (jsonOrNull(text) ?? {}) as { error?: unknown };
  const { code, message } = (
    typeof outer.error === 'object' && outer.error !== null ? outer.error : outer
  ) as {
    code?: unknown;
    message?: unknown;
  };
  const word = typeof code === 'string' ? code : '';
  return new ProviderFault(kindOf(status, word), `${status} ${word} ${message ?? text.slice(0, 300)}`, {
    accepted: acceptedBy(status),
    retryAfterMs: retryAfterMs(headers),
  });
}

/** A task that failed after it was taken: nothing is billed for it. */
export function qwenFailure(code: string, message: string): ProviderFault {
  return new ProviderFault(isRefusal(code) ? 'rejected_content' : 'unknown', `${code} ${message}`, {
    accepted: 'yes',
  });
}

const isRefusal = (code: string): boolean => {
  const word = code.replaceAll(/[._]/g, '').toLowerCase();
  return word === 'datainspectionfailed' || word === 'ipinfringementsuspect';
};

function kindOf(status: number, code: string): FaultKind {
  if (isRefusal(code)) return 'rejected_content';
  if (/^arrearage/i.test(code)) return 'auth';
  switch (status) {
    case 401:
    case 403:
      return 'auth';
    case 408:
    case 504:
      return 'timeout';
    case 429: // `insufficient_quota` too: here it means tokens per minute, and passes
      return 'rate_limited';
    case 503:
      return 'overloaded';
    default:
      return status >= 400 && status < 500 ? 'bad_input' : 'unknown';
  }
}
