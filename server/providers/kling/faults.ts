import { acceptedBy, jsonOrNull, retryAfterMs } from '../answers.ts';
import { type FaultKind, ProviderFault } from '../provider.ts';
import { ErrorBody } from './wire.ts';

/** Their numbers say more than the status: an empty account is told with that of too many requests. */
const kinds: Record<number, FaultKind> = {
  1000: 'auth',
  1001: 'auth',
  1002: 'auth',
  1003: 'auth',
  1004: 'auth',
  1100: 'auth',
  1101: 'auth',
  1102: 'auth',
  1103: 'auth',
  1200: 'bad_input',
  1201: 'bad_input',
  1202: 'bad_input',
  1203: 'bad_input',
  1300: 'rejected_content',
  1301: 'rejected_content',
  1302: 'rate_limited',
  1303: 'rate_limited',
  1304: 'auth',
  5000: 'unknown',
  5001: 'overloaded',
  5002: 'timeout',
};

export function klingFault(
  status: number,
  headers: Record<string, string | undefined>,
  body: Buffer,
): ProviderFault {
  const { success, data } = ErrorBody.safeParse(jsonOrNull(body.toString('utf8')));
  const kind = (success ? kinds[data.code] : undefined) ?? kindOf(status);
  return new ProviderFault(kind, `${status} ${success ? `${data.code} ${data.message}` : ''}`, {
    accepted: acceptedBy(status),
    retryAfterMs: retryAfterMs(headers),
  });
}

export const isDuplicate = (fault: ProviderFault): boolean => /already exists/.test(fault.detail);

/** A task that failed says why in words alone. */
export function failed(message: string): ProviderFault {
  const refused = /safety|policy|risk|sensitive|violat|moderat/i.test(message);
  return new ProviderFault(refused ? 'rejected_content' : 'unknown', message, { accepted: 'yes' });
}

function kindOf(status: number): FaultKind {
  if (status === 429) return 'rate_limited';
  if (status === 401 || status === 403) return 'auth';
  if (status === 503) return 'overloaded';
  if (status === 504) return 'timeout';
  return status >= 400 && status < 500 ? 'bad_input' : 'unknown';
}
