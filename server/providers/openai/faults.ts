import { type FaultKind, ProviderFault } from '../provider.ts';

interface ErrorBody {
  error?: { message?: string; type?: string | null; code?: string | null };
}

/** 429s that no waiting cures: the account at the provider is empty or capped (openai error guide, read 2026-11-24). */
const EMPTY_ACCOUNT = new Set([
  'insufficient_quota',
  'credit_balance_exhausted',
  'organization_spend_limit_exceeded',
  'project_spend_limit_exceeded',
  'organization_usage_limit_exceeded',
]);
const REFUSALS = new Set([
  'moderation_blocked',
  'content_policy_violation',
  'image_content_policy_violation',
  'content_filter',
]);

/** What a status other than 200 means. Nothing was accepted below 500. */
export function openaiFault(
  status: number,
  headers: Record<string, string | undefined>,
  body: Buffer,
): ProviderFault {
  const { message = `status ${status}`, type, code } = parse(body).error ?? {};
  const kind = kindOf(status, type ?? '', code ?? '');
  const accepted = status < 500 || status === 503 ? 'no' : 'maybe';
  return new ProviderFault(kind, `${status} ${code ?? type ?? ''} ${message}`, {
    accepted,
    retryAfterMs: retryAfterMs(headers),
  });
}

function kindOf(status: number, type: string, code: string): FaultKind {
  if (REFUSALS.has(code)) return 'rejected_content';
  if (EMPTY_ACCOUNT.has(type) || EMPTY_ACCOUNT.has(code)) return 'auth';
  if (status === 401 || status === 403) return 'auth';
  if (status === 429) return 'rate_limited';
  if (status === 503) return 'overloaded';
  if (status === 408 || status === 504) return 'timeout';
  if (status >= 400 && status < 500) return 'bad_input';
  return 'unknown';
}

export function retryAfterMs(headers: Record<string, string | undefined>): number | undefined {
  const ms = Number(headers['retry-after-ms']);
  if (ms > 0) return ms;
  const seconds = Number(headers['retry-after']);
  return seconds > 0 ? seconds * 1000 : undefined;
}

function parse(body: Buffer): ErrorBody {
  try {
    return JSON.parse(body.toString('utf8')) as ErrorBody;
  } catch {
    return {}; // a proxy's HTML page says no more than its status
  }
}
