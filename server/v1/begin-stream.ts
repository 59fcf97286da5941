import type { HeldCall } from './held-call.ts';
import { usd } from './openai-errors.ts';
import { routeHeaders } from './way.ts';

/** Begins a stream: what is held is known, what it costs comes at its end. `more` may name another type of content. */
export function beginStream(call: HeldCall, more: Record<string, string> = {}): void {
  call.response.writeHead(200, {
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-store',
    'x-accel-buffering': 'no',
    'x-mluen-generation': call.id,
    'x-mluen-hold': usd(call.boundMicro),
    'x-mluen-balance': usd(call.availableMicro),
    ...more,
    ...routeHeaders(call),
  });
}
