import type { ServerResponse } from 'node:http';
import type { Parts } from '#server/generations/parts.ts';
import type { Made, MediaAsk } from './media-call.ts';
import { ApiError } from './openai-errors.ts';

/** What is known only when all is said. */
const AT_THE_END = ['x-mluen-cost', 'x-mluen-balance'] as const;

/** Writes a recording to the caller while it is made. What it costs is not known in the head: it stands in the trailers. */
export function soundTo(response: ServerResponse): NonNullable<MediaAsk['onSound']> {
  return ({ sound, mediaType }, headers) => {
    if (response.destroyed) return;
    if (!response.headersSent)
      response.writeHead(200, { 'content-type': mediaType, trailer: AT_THE_END.join(', '), ...headers });
    response.write(sound);
  };
}

/**
 * Ends what `soundTo` has begun, once it is charged; answers null then, and otherwise what was made, which is still to be
 * answered. What has begun cannot be refused any more: a broken connection says that it is not whole.
 */
export async function endSound(
  parts: Pick<Parts, 'log'>,
  response: ServerResponse,
  id: string,
  making: Promise<Made>,
): Promise<Made | null> {
  try {
    const made = await making;
    if (!response.headersSent) return made;
    response.addTrailers(AT_THE_END.map((name): [string, string] => [name, made.headers[name] ?? '']));
    response.end();
  } catch (error) {
    if (!response.headersSent) throw error;
    if (!(error instanceof ApiError))
      parts.log.error({ generationId: id, err: error }, 'speech broke while it was heard');
    response.destroy();
  }
  return null;
}
