import { z } from 'zod';
import type { Endpoint } from '#contract/endpoint.ts';
import { Problem, type ProblemSlug, problems } from '#contract/problems.ts';

type Part<Schema> = Schema extends z.ZodType ? z.output<Schema> : unknown;
/** Path, query and body of one endpoint, side by side: `call(getGeneration, { id })`. */
export type Input<E> =
  E extends Endpoint<infer P, infer Q, infer B, infer _R> ? Part<P> & Part<Q> & Part<B> : never;
export type Reply<E> =
  E extends Endpoint<infer _P, infer _Q, infer _B, infer R>
    ? R extends z.ZodType
      ? z.output<R>
      : undefined
    : never;
type Arguments<E> = unknown extends Input<E> ? [] : [input: Input<E>];

/** What the API refused, in its own words. */
export class Refused extends Error {
  override readonly name = 'Refused';
  readonly problem: Problem;
  readonly slug: ProblemSlug;

  constructor(problem: Problem) {
    super(problem.detail ?? problem.title);
    this.problem = problem;
    const slug = problem.type.split('/').at(-1) as ProblemSlug;
    this.slug = slug in problems ? slug : 'server-error';
  }
}

/** The request did not reach us, or the answer did not come back. */
export class Unreachable extends Error {
  override readonly name = 'Unreachable';
}

/**
 * Calls one endpoint of our API. What is sent is encoded and what comes back is decoded by the endpoint's own
 * schemas, so money is a `bigint` on this side. Throws `Refused` or `Unreachable`.
 */
export async function call<E extends Endpoint>(endpoint: E, ...[input]: Arguments<E>): Promise<Reply<E>> {
  const { url, body } = request(endpoint, (input ?? {}) as Record<string, unknown>);
  const response = await reach(url, {
    method: endpoint.method,
    headers: body === undefined ? {} : { 'content-type': 'application/json' },
    body,
  });
  if (!endpoint.reply) return undefined as Reply<E>;
  return endpoint.reply.parse(await response.json()) as Reply<E>;
}

/** A request of our own origin whose refusals are problems: for what is no endpoint of the contract. */
export async function reach(url: string, init: RequestInit): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(url, { credentials: 'same-origin', ...init });
  } catch (cause) {
    throw new Unreachable('unreachable', { cause });
  }
  if (response.ok) return response;
  throw new Refused(await problemOf(response));
}

function request(
  endpoint: Endpoint,
  input: Record<string, unknown>,
): { url: string; body: string | undefined } {
  const rest = { ...input };
  const path = endpoint.path.replace(/:(\w+)/g, (_whole, name: string) => {
    const value = String(rest[name]);
    delete rest[name];
    return encodeURIComponent(value);
  });
  const query = new URLSearchParams();
  if (endpoint.query) {
    for (const [name, value] of Object.entries(z.encode(endpoint.query, rest) as Record<string, unknown>)) {
      if (value !== undefined && value !== null) query.set(name, String(value));
    }
  }
  const body = endpoint.body ? JSON.stringify(z.encode(endpoint.body, rest)) : undefined;
  return { url: query.size > 0 ? `${path}?${query}` : path, body };
}

async function problemOf(response: Response): Promise<Problem> {
  const parsed = Problem.safeParse(await response.json().catch(() => null));
  if (parsed.success) return parsed.data;
  const slug: ProblemSlug =
    response.status === 401
      ? 'not-signed-in'
      : response.status === 429
        ? 'too-many-requests'
        : 'server-error';
  return { type: `/problems/${slug}`, title: problems[slug].title, status: response.status };
}
