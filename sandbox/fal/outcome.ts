import type { Delivery } from '../kit/delivery.ts';
import { extensionOf, type FieldFault, type HostedWork, produce } from '../kit/hosted-media.ts';
import type { Task } from '../kit/tasks.ts';

export interface Job extends HostedWork {
  endpoint: string;
  webhook: string | null;
  faults: FieldFault[];
  lifetimeMs: number;
  origin: string;
}

/** The addresses hold the owner and the app, and nothing of the path below. */
export function linksOf({ id, request }: Task<Job>) {
  const base = `${request.origin}/${request.endpoint.split('/').slice(0, 2).join('/')}/requests/${id}`;
  return {
    request_id: id,
    gateway_request_id: id,
    response_url: base,
    status_url: `${base}/status`,
    cancel_url: `${base}/cancel`,
  };
}

/** How a finished task failed, or null. */
export function failureOf({
  request,
  fault,
  canceledAt,
}: Task<Job>): { status: number; body: { detail: unknown }; type: string } | null {
  if (canceledAt !== undefined)
    return { status: 499, body: { detail: 'Request was cancelled' }, type: 'request_cancelled' };
  if (request.faults.length > 0) {
    const detail = request.faults.map(({ field, type, message }) => ({
      loc: ['body', field],
      msg: message,
      type,
    }));
    return { status: 422, body: { detail }, type: 'validation_error' };
  }
  if (fault.refuse) {
    const detail = [
      {
        loc: ['body', 'prompt'],
        msg: 'The content could not be processed because it was flagged by a content checker.',
        type: 'content_policy_violation',
      },
    ];
    return { status: 422, body: { detail }, type: 'content_policy_violation' };
  }
  if (fault.fail) return { status: 500, body: { detail: 'Internal Server Error' }, type: 'internal_error' };
  return fault.moderated && request.kind !== 'image'
    ? {
        status: 422,
        body: {
          detail: [{ loc: ['body', 'prompt'], msg: 'No media was made.', type: 'no_media_generated' }],
        },
        type: 'no_media_generated',
      }
    : null;
}

/** What a successful request made. */
export function outputOf(task: Task<Job>, delivery: Delivery): unknown {
  const { request, id, endsAt, model, fault } = task;
  const url = (at: number) =>
    delivery.offer(`/files/${id}-${at}.${extensionOf(request)}`, endsAt + request.lifetimeMs, () =>
      produce(request, model, at),
    );
  if (request.kind === 'video')
    return {
      video: { url: url(0), content_type: 'video/mp4', file_name: 'output.mp4', file_size: 200_000 },
      seed: request.seed,
    };
  if (request.kind === 'audio')
    return { audio: { url: url(0), content_type: 'audio/mpeg', file_name: 'output.mp3', file_size: 20_000 } };
  if (request.kind === 'text')
    return {
      text: 'A lighthouse stands above the sea.',
      language_code: 'eng',
      language_probability: 0.98,
      words: ['A', 'lighthouse', 'stands', 'above', 'the', 'sea.'].map((text, at) => ({
        text,
        start: at / 4,
        end: (at + 1) / 4,
        type: 'word',
        speaker_id: at < 3 ? 'speaker_0' : 'speaker_1',
      })),
    };
  if (model.startsWith('fal-ai/topaz/'))
    return { image: { url: url(0), content_type: `image/${request.format}`, file_name: 'output.png' } };
  const images = Array.from({ length: request.count }, (_, at) => ({
    url: url(at),
    width: request.width,
    height: request.height,
    content_type: `image/${request.format}`,
  }));
  // A flagged picture comes like any other, and is paid.
  return {
    images,
    seed: request.seed,
    has_nsfw_concepts: images.map(() => fault.moderated === true),
    prompt: request.prompt,
  };
}
