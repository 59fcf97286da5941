import { type Exchange, sendJson, type World } from './exchange.ts';

/** By `METHOD /_control/name`. What it returns is answered as JSON. */
export type ControlRoutes = Record<string, (body: unknown, world: World) => unknown>;

const shared: ControlRoutes = {
  'POST /_control/faults': (body, { faults }) => {
    for (const fault of Array.isArray(body) ? body : [body]) faults.add(fault);
    return { queued: faults.list() };
  },
  'GET /_control/faults': (_, { faults }) => ({ queued: faults.list() }),
  'DELETE /_control/faults': (_, { faults }) => {
    faults.clear();
    return { queued: [] };
  },
  'GET /_control/tally': (_, { tally }) => tally.show(),
  'DELETE /_control/tally': (_, { tally }) => {
    tally.clear();
    return tally.show();
  },
  'GET /_control/requests': (_, { requests }) => ({ requests: requests.show() }),
  'DELETE /_control/requests': (_, { requests }) => {
    requests.clear();
    return { requests: [] };
  },
  'POST /_control/clock': (body, { clock }) => {
    const { advanceSeconds } = body as { advanceSeconds?: unknown };
    if (typeof advanceSeconds !== 'number') throw new Error('advanceSeconds must be a number');
    clock.advance(advanceSeconds * 1000);
    return { now: new Date(clock.now()).toISOString() };
  },
};

export function answerControl(exchange: Exchange, world: World, own: ControlRoutes): void {
  const name = `${exchange.method} ${exchange.path}`;
  const route = own[name] ?? shared[name];
  if (route === undefined) {
    sendJson(exchange, 404, {
      error: `no control route ${name}`,
      routes: Object.keys({ ...shared, ...own }),
    });
    return;
  }
  try {
    const body = exchange.body.length === 0 ? {} : JSON.parse(exchange.body.toString('utf8'));
    const result = route(body, world);
    sendJson(exchange, 200, result ?? {});
  } catch (error) {
    sendJson(exchange, 400, { error: String(error) });
  }
}
