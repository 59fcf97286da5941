import type { Call } from '../provider.ts';

export interface Order {
  path: string;
  body: Record<string, unknown>;
}

/** Of the routes before the new standard. Our id makes creation idempotent there, too. */
export function legacyOptions({ generationId, webhook, params }: Call): Record<string, unknown> {
  return {
    external_task_id: generationId,
    ...(webhook === undefined ? {} : { callback_url: webhook.url }),
    ...(params.watermark === undefined ? {} : { watermark_info: { enabled: params.watermark === true } }),
  };
}
