import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Parts } from '#server/generations/parts.ts';
import type { Runs } from '#server/generations/runs.ts';
import { withRawBody } from '#server/http/raw-body.ts';
import { jsonOf, textModelOf } from './chat-request.ts';
import { countTokens } from './count.ts';
import type { Callers } from './keys.ts';
import { refuseAsMessages } from './messages-errors.ts';
import { checkedAs, fromMessages, messagesOf } from './messages-request.ts';
import { CountRequest, MessagesRequest } from './messages-schema.ts';
import { messagesDialect } from './messages-writer.ts';
import { ApiError } from './openai-errors.ts';
import { answering, bodyOf, textRoute } from './text-route.ts';

const WITH_SAMPLING = '2023-06-01';
const VERSIONS = [WITH_SAMPLING, '2026-10-21'];

/** `POST /v1/messages` in Anthropic's wire format, both versions, for every text model; and the count where it is ours to make. */
export async function messagesRoutes(
  app: FastifyInstance,
  parts: Parts,
  runs: Runs,
  callers: Callers,
): Promise<void> {
  await withRawBody(app, (scope) => {
    textRoute(scope, parts, runs, callers, {
      path: '/v1/messages',
      refuse: refuseAsMessages,
      translated(body, request) {
        refuseSampling(body, versionOf(request));
        const asked = checkedAs(MessagesRequest, body);
        const { params, ignored } = fromMessages(parts, asked);
        const { thinking } = asked;
        const showsThoughts = !(thinking != null && 'display' in thinking && thinking.display === 'omitted');
        return {
          asked: { ...params, stream: asked.stream === true },
          dialect: messagesDialect({ model: asked.model, showsThoughts, ignored }),
        };
      },
    });
    answering(
      scope,
      parts,
      'POST',
      '/v1/messages/count_tokens',
      refuseAsMessages,
      async (request, response) => {
        await callers.callerOf(request.raw);
        versionOf(request);
        const body = JSON.stringify({ input_tokens: await count(parts, jsonOf(bodyOf(request))) });
        response.writeHead(200, {
          'content-type': 'application/json',
          'content-length': Buffer.byteLength(body),
        });
        response.end(body);
      },
    );
  });
}

function versionOf({ headers }: FastifyRequest): string {
  const version = headers['anthropic-version'];
  if (typeof version === 'string' && VERSIONS.includes(version)) return version;
  throw new ApiError(
    400,
    'invalid_request_error',
    null,
    `anthropic-version: ${version === undefined ? 'header is required' : 'this version is not known'}. Send ${VERSIONS.join(' or ')}.`,
  );
}

/** The newer version dropped these fields: it refuses them whatever their value. */
function refuseSampling(body: Record<string, unknown>, version: string) {
  if (version === WITH_SAMPLING) return;
  const field = ['temperature', 'top_p', 'top_k'].find((name) => body[name] !== undefined);
  if (field !== undefined)
    throw new ApiError(
      400,
      'invalid_request_error',
      'invalid_value',
      `${field}: Extra inputs are not permitted in version ${version}.`,
      { param: field },
    );
}

async function count(parts: Parts, body: Record<string, unknown>): Promise<number> {
  const asked = checkedAs(CountRequest, body);
  const model = textModelOf(parts, asked.model);
  return countTokens(model, messagesOf(model, asked), Boolean(asked.tools?.length));
}
