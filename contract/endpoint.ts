import type { z } from 'zod';
import type { ProblemSlug } from './problems.ts';

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/** One endpoint of our API as data: handlers, the web's calls, forms and the OpenAPI document follow from it. */
export interface Endpoint<
  Params extends z.ZodType | undefined = z.ZodType | undefined,
  Query extends z.ZodType | undefined = z.ZodType | undefined,
  Body extends z.ZodType | undefined = z.ZodType | undefined,
  Reply extends z.ZodType | undefined = z.ZodType | undefined,
> {
  method: Method;
  /** Fastify's form: `/api/generations/:id`. */
  path: string;
  /** One sentence for the published document. */
  summary: string;
  params?: Params;
  query?: Query;
  body?: Body;
  /** Absent: 204 without a body. */
  reply?: Reply;
  /** What may be refused, beside what every endpoint may answer (`invalid-input`, `not-signed-in`, `too-many-requests`). */
  problems?: readonly ProblemSlug[];
}

export function endpoint<
  Params extends z.ZodType | undefined = undefined,
  Query extends z.ZodType | undefined = undefined,
  Body extends z.ZodType | undefined = undefined,
  Reply extends z.ZodType | undefined = undefined,
>(definition: Endpoint<Params, Query, Body, Reply>): Endpoint<Params, Query, Body, Reply> {
  return definition;
}
