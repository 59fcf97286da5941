import type { ProblemSlug } from '#contract/problems.ts';
import type { ProblemError } from '#server/http/problem.ts';
import { ApiError } from './openai-errors.ts';

const CODES: Partial<Record<ProblemSlug, [status: number, code: string]>> = {
  'invalid-input': [400, 'invalid_value'],
  'not-found': [404, 'model_not_found'],
  'unsupported-file': [400, 'unsupported_file'],
  'damaged-file': [400, 'invalid_file'],
  'unsafe-file': [400, 'invalid_file'],
  'too-large': [413, 'file_too_large'],
  'not-possible-now': [400, 'not_possible'],
  'no-route-in-region': [400, 'no_route_in_region'],
  'account-restricted': [403, 'account_restricted'],
  'acceptance-required': [403, 'acceptance_required'],
};

/** A refusal of the pipeline as the APIs for programs say it. */
export function apiErrorOf({ slug, fields, message }: ProblemError): ApiError {
  if (slug === 'provider-fault') {
    const { retryAfterSeconds } = fields;
    return retryAfterSeconds === undefined
      ? new ApiError(503, 'service_unavailable_error', 'provider_unavailable', message)
      : new ApiError(429, 'rate_limit_error', 'rate_limit_exceeded', message, {
          headers: { 'retry-after': String(retryAfterSeconds) },
        });
  }
  const [status, code] = CODES[slug] ?? [400, 'not_possible'];
  const first = fields.errors?.[0];
  const param = first?.path.replace(/^ask\.params\./, '');
  const text = first === undefined ? message : `${param}: ${first.message}`;
  return new ApiError(status, 'invalid_request_error', code, text, { param });
}
