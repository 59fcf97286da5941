import Fastify, {
  type FastifyError,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
} from 'fastify';
import { newId } from '#server/database/ids.ts';
import type { Log } from '#server/log.ts';
import { type HeaderOptions, securityHeaders } from './headers.ts';
import { PROBLEM_TYPE, ProblemError, problemOf } from './problem.ts';
import { refusalOf } from './request-error.ts';

/** A certificate chain and its key, in PEM. */
export interface Tls {
  cert: Buffer;
  key: Buffer;
}

export interface HttpOptions extends HeaderOptions {
  /** Proxies whose X-Forwarded-For is believed, comma-separated; undefined: none. */
  trustProxy?: string;
  bodyLimitBytes?: number;
  /** HTTPS is spoken with it (TLS 1.2 or later); without, HTTP, for a proxy that speaks HTTPS. */
  tls?: Tls;
}

/**
 * The HTTP server without routes: request ids, headers, refusals as problem+json, one log line a request.
 * Routes come from the modules (`route`), `/v1` and pages from the roles.
 */
export function createHttpServer(options: HttpOptions, log: Log): FastifyInstance {
  const app: FastifyInstance = Fastify({
    ...listening(options.tls),
    // Not logged by Fastify: its lines hold whole URLs, and a child logger per request costs on the hot path.
    logger: false,
    genReqId: () => `req_${newId()}`,
    trustProxy: options.trustProxy ?? false,
    bodyLimit: options.bodyLimitBytes ?? 1024 * 1024,
    // Longer than the usual 60 s of load balancers: they must be the ones who close an idle connection.
    keepAliveTimeout: 75_000,
    forceCloseConnections: true,
    routerOptions: { maxParamLength: 200 },
    return503OnClosing: false,
    exposeHeadRoutes: false,
  });
  app.removeContentTypeParser('text/plain'); // a page of another origin may send it without asking (ASVS 3.5.2)
  securityHeaders(app, options);
  app.addHook('onRequest', (request, reply, done) => {
    reply.header('x-request-id', request.id);
    done();
  });
  app.addHook('onResponse', (request, reply, done) => {
    log.info(
      {
        requestId: request.id,
        method: request.method,
        route: request.routeOptions.url ?? '(none)',
        status: reply.statusCode,
        tookMs: Math.round(reply.elapsedTime * 10) / 10,
      },
      'request answered',
    );
    done();
  });
  app.setNotFoundHandler((request, reply) => answer(reply, request, new ProblemError('not-found')));
  app.setErrorHandler((error: FastifyError, request, reply) => {
    const refusal = refusalOf(error);
    if (refusal === null) log.error({ requestId: request.id, err: error }, 'request failed');
    return answer(reply, request, refusal ?? new ProblemError('server-error'));
  });
  return app;
}

/** Routes do not see which it is: Fastify's type of an HTTPS server differs in its socket alone. */
function listening(tls: Tls | undefined): object {
  return tls === undefined ? {} : { https: { ...tls, minVersion: 'TLSv1.2' } };
}

/** Answers a refusal; for handlers outside `route`, such as pages and streams. */
export function answer(reply: FastifyReply, request: FastifyRequest, refusal: ProblemError): FastifyReply {
  const problem = problemOf(refusal, request.id);
  if (problem.retryAfterSeconds !== undefined)
    reply.header('retry-after', String(Math.ceil(problem.retryAfterSeconds)));
  return reply
    .code(problem.status)
    .header('cache-control', 'no-store')
    .type(PROBLEM_TYPE)
    .send(JSON.stringify(problem));
}
