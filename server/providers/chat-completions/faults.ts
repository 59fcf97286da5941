import { acceptedBy, jsonOrNull, retryAfterMs } from '../answers.ts';
import { type FaultKind, ProviderFault } from '../provider.ts';

/** 429s that no waiting cures: the account at the provider is empty or capped (OpenAI's error guide, read 2026-11-24). */
const EMPTY_ACCOUNT = new Set([
  'insufficient_quota',
  'credit_balance_exhausted',
  'organization_spend_limit_exceeded',
  'project_spend_limit_exceeded',
  'organization_usage_limit_exceeded',
  'arrearage',
]);
const REFUSALS = new Set([
  'moderation_blocked',
  'content_policy_violation',
  'image_content_policy_violation',
  'content_filter',
  'datainspectionfailed',
  'data_inspection_failed',
]);

interface Told {
  message: string;
  type: string;
  code: string;
  /** OpenRouter's word for a limit that passes. */
  passes?: true;
}

/** What a status other than 200 means. Nothing was accepted below 500. */
export function chatFault(
  status: number,
  headers: Record<string, string | undefined>,
  body: Buffer,
): ProviderFault {
  const told = toldBy(body.toString('utf8'));
  return new ProviderFault(kindOf(status, told), `${status} ${told.code || told.type} ${told.message}`, {
    accepted: acceptedBy(status),
    retryAfterMs: retryAfterMs(headers),
  });
}

/** An error inside a stream: the answer had begun. */
export function chatStreamFault(told: {
  message?: string | null;
  type?: string | null;
  code?: string | number | null;
}): ProviderFault {
  const code = String(told.code ?? told.type ?? '');
  return new ProviderFault(
    REFUSALS.has(code.toLowerCase()) ? 'rejected_content' : 'unknown',
    `in the stream: ${code} ${told.message ?? ''}`,
    { accepted: 'yes' },
  );
}

function kindOf(status: number, told: Told): FaultKind {
  const { type, code, message } = told;
  const words = [type.toLowerCase(), code.toLowerCase()];
  if (words.some((word) => REFUSALS.has(word))) return 'rejected_content';
  if (words.some((word) => EMPTY_ACCOUNT.has(word))) return 'auth';
  // So many calls are under way that the credit for them is spoken for: some seconds later it is not.
  if (told.passes) return 'rate_limited';
  // xAI and others tell a wrong key with 400.
  if (status === 400 && /api[ _]key/i.test(message)) return 'auth';
  switch (status) {
    case 401:
    case 402: // credits are used up: the operator's business
    case 403:
      return 'auth';
    case 408:
    case 504:
      return 'timeout';
    case 429:
      return 'rate_limited';
    case 498: // Groq: the flexible tier is full
    case 503:
      return 'overloaded';
    default:
      return status >= 400 && status < 500 ? 'bad_input' : 'unknown';
  }
}

/** Hosts write `{error: {…}}`, `{error: "text"}`, `{message}` or `{detail}`; a proxy writes anything. */
function toldBy(text: string): Told {
  const body = jsonOrNull(text);
  if (body === null || typeof body !== 'object') return { message: text.slice(0, 500), type: '', code: '' };
  const outer = body as Record<string, unknown>;
  const inner = typeof outer.error === 'object' && outer.error !== null ? outer.error : outer;
  const { message, type, code, metadata } = inner as Record<string, unknown>;
  const more = metadata as { raw?: unknown; reasons?: unknown; limit_source?: unknown } | null | undefined;
  const words = message ?? (typeof outer.error === 'string' ? outer.error : outer.detail);
  return {
    message: [typeof words === 'string' ? words : JSON.stringify(words ?? body), more?.raw]
      .filter((part) => typeof part === 'string')
      .join(' ')
      .slice(0, 500),
    type: typeof type === 'string' ? type : '',
    // OpenRouter says for what a filter held the input back, and has no word for that it did.
    code: Array.isArray(more?.reasons) ? 'content_filter' : typeof code === 'string' ? code : '',
    ...(more?.limit_source === 'openrouter_in_flight_budget' && { passes: true }),
  };
}
