import type { FastifyInstance } from 'fastify';

/**
 * Routes whose handler needs the very bytes that arrived, such as signed webhooks: `request.body` is a Buffer,
 * whatever the content type (undefined without a body).
 */
export async function withRawBody(
  app: FastifyInstance,
  routes: (scope: FastifyInstance) => void,
): Promise<void> {
  await app.register(async (scope) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
    routes(scope);
  });
}
