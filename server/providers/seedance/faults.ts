import { acceptedBy, jsonOrNull, retryAfterMs } from '../answers.ts';
import { type FaultKind, ProviderFault } from '../provider.ts';
import { ErrorBody } from './wire.ts';

export function arkFault(
  status: number,
  headers: Record<string, string | undefined>,
  body: Buffer,
): ProviderFault {
  const { success, data } = ErrorBody.safeParse(jsonOrNull(body.toString('utf8')));
  const code = success ? (data.error.code ?? '') : '';
  return new ProviderFault(kindOf(status, code), `${status} ${code} ${success ? data.error.message : ''}`, {
    accepted: acceptedBy(status),
    retryAfterMs: retryAfterMs(headers),
  });
}

/** A task or picture that failed after it was taken: nothing is billed for it. */
export function arkFailure(
  error: { code?: string | null; message?: string | null } | null | undefined,
): ProviderFault {
  const code = error?.code ?? '';
  return new ProviderFault(
    isRefusal(code) ? 'rejected_content' : 'unknown',
    `${code} ${error?.message ?? ''}`,
    {
      accepted: 'yes',
    },
  );
}

/** Input and output are told apart in the code, which goes on with what was seen. */
const isRefusal = (code: string): boolean => /SensitiveContentDetected|PolicyViolation/.test(code);

function kindOf(status: number, code: string): FaultKind {
  if (isRefusal(code)) return 'rejected_content';
  switch (status) {
    case 401:
    case 403:
      return 'auth';
    case 404: // a model that was not opened in the console, or does not exist there
      return code === 'ModelNotOpen' ? 'auth' : 'bad_input';
    case 429: // a quota, or the safety cap that the account set itself: no waiting helps
      if (/^(QuotaExceeded|SetLimitExceeded)/.test(code)) return 'auth';
      return code === 'ServerOverloaded' ? 'overloaded' : 'rate_limited';
    case 503:
      return 'overloaded';
    case 504:
      return 'timeout';
    default:
      return status >= 400 && status < 500 ? 'bad_input' : 'unknown';
  }
}
