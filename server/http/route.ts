import type { FastifyInstance, FastifyReply, FastifyRequest, RouteShorthandOptions } from 'fastify';
import { z } from 'zod';
import type { Endpoint } from '#contract/endpoint.ts';
import { Encoded } from './encoded.ts';
import type { Guard } from './guards.ts';
import { ProblemError } from './problem.ts';
import { refuseForeignOrigin } from './same-origin.ts';

const JSON_TYPE = 'application/json; charset=utf-8';

type Schema = z.ZodType | undefined;
type Parsed<S extends Schema> = S extends z.ZodType ? z.output<S> : undefined;
/**
 * What a handler returns: the decoded reply (money as `bigint`), or one that was encoded before; nothing where the
 * endpoint answers 204.
 */
type Answer<S extends Schema> = S extends z.ZodType ? Promise<z.output<S> | Encoded> : Promise<void>;

export type Handler<P extends Schema, Q extends Schema, B extends Schema, R extends Schema, C> = (
  given: C & {
    params: Parsed<P>;
    query: Parsed<Q>;
    body: Parsed<B>;
    request: FastifyRequest;
    reply: FastifyReply;
  },
) => Answer<R>;

/**
 * Serves one endpoint of the contract: guard, then params, query and body decoded (unknown fields are refused),
 * then the handler, whose result is encoded by the reply's schema. Without a reply's schema the answer is 204.
 */
export function route<
  P extends Schema,
  Q extends Schema,
  B extends Schema,
  R extends Schema,
  C extends object,
>(
  app: FastifyInstance,
  endpoint: Endpoint<P, Q, B, R>,
  guard: Guard<C>,
  handler: Handler<P, Q, B, R, C>,
  options: Pick<RouteShorthandOptions, 'bodyLimit'> = {},
): void {
  const params = exact(endpoint.params);
  const query = exact(endpoint.query);
  const body = exact(endpoint.body);
  app.route({
    ...options,
    method: endpoint.method,
    url: endpoint.path,
    handler: async (request, reply) => {
      refuseForeignOrigin(request);
      const context = await guard(request);
      const given = {
        ...context,
        params: read(params, request.params, 'params') as Parsed<P>,
        query: read(query, request.query, 'query') as Parsed<Q>,
        body: read(body, request.body ?? {}, 'body') as Parsed<B>,
        request,
        reply,
      };
      reply.header('cache-control', 'no-store');
      const answer = await handler(given);
      if (endpoint.reply === undefined) return reply.code(204).send();
      reply.type(JSON_TYPE);
      if (answer instanceof Encoded) return reply.send(answer.for(request, reply));
      return reply.send(JSON.stringify(z.encode(endpoint.reply, answer)));
    },
  });
}

/** Objects that arrive may have no field that the contract does not name; no schema means no field at all. */
function exact(schema: Schema): z.ZodType {
  if (schema === undefined) return z.strictObject({});
  return schema instanceof z.ZodObject ? schema.strict() : schema;
}

function read(schema: z.ZodType, value: unknown, where: string): unknown {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new ProblemError('invalid-input', { errors: errorsOf(parsed.error, where) });
}

function errorsOf(error: z.ZodError, where: string): { path: string; message: string }[] {
  return error.issues.slice(0, 20).map((issue) => {
    const path = issue.path.map(String).join('.');
    return {
      path: where === 'body' ? path : [where, path].filter(Boolean).join('.'),
      message: issue.message,
    };
  });
}
