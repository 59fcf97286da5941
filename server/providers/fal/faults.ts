import { acceptedBy, jsonOrNull, retryAfterMs } from '../answers.ts';
import { type FaultKind, ProviderFault } from '../provider.ts';
import { ErrorBody } from './wire.ts';

/** Types of a detail that mean the content. */
const REFUSALS = new Set(['content_policy_violation', 'no_media_generated']);

export function falFault(
  status: number,
  headers: Record<string, string | undefined>,
  body: Buffer,
): ProviderFault {
  const { types, message } = toldBy(body.toString('utf8'));
  return new ProviderFault(kindOf(status, types), `${status} ${types.join(' ')} ${message}`, {
    accepted: acceptedBy(status),
    retryAfterMs: retryAfterMs(headers),
  });
}

/** The same of a result: the job was taken and ended so. */
export function falFailure(
  status: number,
  headers: Record<string, string | undefined>,
  body: Buffer,
): ProviderFault {
  const { kind, detail } = falFault(status, headers, body);
  return new ProviderFault(kind, detail, { accepted: 'yes' });
}

function kindOf(status: number, types: string[]): FaultKind {
  if (types.some((type) => REFUSALS.has(type))) return 'rejected_content';
  switch (status) {
    case 401:
    case 402:
    case 403: // «User is locked»: the balance is below zero
      return 'auth';
    case 408:
    case 504:
      return 'timeout';
    case 429:
      return 'rate_limited';
    case 503:
      return 'overloaded';
    default:
      return status >= 400 && status < 500 ? 'bad_input' : 'unknown';
  }
}

function toldBy(text: string): { types: string[]; message: string } {
  const { success, data } = ErrorBody.safeParse(jsonOrNull(text));
  if (!success) return { types: [], message: text.slice(0, 300) };
  const { detail } = data;
  if (typeof detail === 'string') return { types: [], message: detail };
  return {
    types: detail.flatMap(({ type }) => (type == null ? [] : [type])),
    message: detail.map(({ msg }) => msg ?? '').join('; '),
  };
}
