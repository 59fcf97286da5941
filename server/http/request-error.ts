import { type ProblemSlug, problems } from '#contract/problems.ts';
import { ProblemError } from './problem.ts';

/** What Fastify refuses before a handler runs, as our refusals. */
const slugOf = {
  FST_ERR_CTP_BODY_TOO_LARGE: 'too-large',
  FST_REQ_FILE_TOO_LARGE: 'too-large',
  FST_FILES_LIMIT: 'too-large',
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'unsupported-file',
} as const;

/** Any error as a refusal that may be shown. Null for a fault of ours: it is logged and answered as `server-error`. */
export function refusalOf(error: unknown): ProblemError | null {
  if (error instanceof ProblemError) return error;
  if (!(error instanceof Error)) return null;
  const { code, statusCode, problem } = error as Error & {
    code?: string;
    statusCode?: number;
    problem?: ProblemSlug;
  };
  // An error of a part that knows no HTTP, and yet what it means to the caller.
  if (problem !== undefined && problem in problems) return new ProblemError(problem);
  if (code !== undefined && code in slugOf) return new ProblemError(slugOf[code as keyof typeof slugOf]);
  // Fastify's own errors carry a status; their words are about the request's form, never about our inside.
  if (statusCode !== undefined && statusCode >= 400 && statusCode < 500) {
    return new ProblemError('invalid-input', { detail: sentenceOf(code) });
  }
  return null;
}

function sentenceOf(code: string | undefined): string {
  if (code === 'FST_ERR_CTP_EMPTY_JSON_BODY') return 'The body is empty; send JSON.';
  return 'The request could not be read: send JSON in UTF-8.';
}
