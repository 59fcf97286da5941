import { ProviderFault } from '#server/providers/provider.ts';

/** Codes that say that no connection was made, so that nothing can have been accepted. */
const NEVER_CONNECTED = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
  'ADDRESS_REFUSED',
  'CERT_HAS_EXPIRED',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'ERR_TLS_CERT_ALTNAME_INVALID',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
]);
const TIMEOUTS = new Set([
  'UND_ERR_HEADERS_TIMEOUT',
  'UND_ERR_BODY_TIMEOUT',
  'UND_ERR_CONNECT_TIMEOUT',
  'ETIMEDOUT',
]);

/** What a broken exchange means. `head`: whether the answer had begun. */
export function faultOf(error: Error & { code?: string }, head: boolean): ProviderFault {
  if (error instanceof ProviderFault) return error;
  const code = error.code ?? error.name;
  if (NEVER_CONNECTED.has(code))
    return new ProviderFault(code === 'UND_ERR_CONNECT_TIMEOUT' ? 'timeout' : 'overloaded', code, {
      accepted: 'no',
      cause: error,
    });
  const accepted = head ? 'yes' : 'maybe';
  return new ProviderFault(TIMEOUTS.has(code) ? 'timeout' : 'unknown', code, { accepted, cause: error });
}
