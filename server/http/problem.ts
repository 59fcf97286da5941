import { type Problem, type ProblemSlug, problems, problemType } from '#contract/problems.ts';

export type ProblemFields = Omit<Partial<Problem>, 'type' | 'title' | 'status' | 'instance'>;

/** A refusal on its way to the edge: `slug` is one of the contract's table; `detail` is a sentence for the person. */
export class ProblemError extends Error {
  override name = 'ProblemError';
  readonly slug: ProblemSlug;
  readonly fields: ProblemFields;

  constructor(slug: ProblemSlug, fields: ProblemFields = {}) {
    super(fields.detail ?? problems[slug].title);
    this.slug = slug;
    this.fields = fields;
  }
}

export const PROBLEM_TYPE = 'application/problem+json; charset=utf-8';

/** The refusal as RFC 9457 says; `instance` is the request id, which a person can tell to support. */
export function problemOf(error: ProblemError, requestId: string): Problem {
  const { status, title } = problems[error.slug];
  return { type: problemType(error.slug), title, status, ...error.fields, instance: requestId };
}
