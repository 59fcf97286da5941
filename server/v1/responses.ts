import type { FastifyInstance } from 'fastify';
import type { Parts } from '#server/generations/parts.ts';
import type { Runs } from '#server/generations/runs.ts';
import { withRawBody } from '#server/http/raw-body.ts';
import type { Callers } from './keys.ts';
import { checkedAs } from './messages-request.ts';
import { answerError } from './openai-errors.ts';
import { fromResponses } from './responses-request.ts';
import { ResponsesRequest } from './responses-schema.ts';
import { responsesDialect } from './responses-writer.ts';
import { textRoute } from './text-route.ts';

/** `POST /v1/responses` in OpenAI's wire format, for every text model. Nothing is stored: each call brings the whole conversation. */
export async function responsesRoutes(
  app: FastifyInstance,
  parts: Parts,
  runs: Runs,
  callers: Callers,
): Promise<void> {
  await withRawBody(app, (scope) => {
    textRoute(scope, parts, runs, callers, {
      path: '/v1/responses',
      refuse: answerError,
      translated(body) {
        const asked = checkedAs(ResponsesRequest, body);
        const { params, ignored } = fromResponses(parts, asked);
        return {
          asked: { ...params, stream: asked.stream === true },
          dialect: responsesDialect(asked, ignored),
        };
      },
    });
  });
}
