import pg from 'pg';
import type { DatabaseAddress, Pools } from '#server/database/connections.ts';
import { loginPassword } from '#server/database/connections.ts';
import { newId } from '#server/database/ids.ts';
import type { Log } from '#server/log.ts';

/**
 * Live events between processes, over PostgreSQL NOTIFY. Two kinds: `on` hears what concerns everyone (a key was
 * revoked), `subscribe` hears one topic (a generation). Events are hints: who misses one reads the database.
 */
export interface Live {
  /** Hears `mluen.tell(topic, message)` of any process, this one included. */
  on(topic: string, hear: (message: string) => void): void;
  /** Local listeners hear it at once, other processes by NOTIFY. */
  publish(topic: string, event: object): void;
  subscribe(topic: string, hear: (event: object) => void): () => void;
  close(): Promise<void>;
}

/** NOTIFY takes payloads below 8000 bytes. */
const PAYLOAD_MOST = 7_900;
const RECONNECT_MS = 500;

export async function openLive(
  address: DatabaseAddress,
  pools: Pools,
  secret: string,
  log: Log,
): Promise<Live> {
  const me = newId();
  const everyone = new Map<string, ((message: string) => void)[]>();
  const topics = new Map<string, Set<(event: object) => void>>();
  let closed = false;
  let client = await listen();

  function hearLocal(topic: string, event: object) {
    for (const hear of topics.get(topic) ?? []) hear(event);
  }

  function receive(payload: string) {
    const space = payload.indexOf(' ');
    const topic = payload.slice(0, space);
    const message = payload.slice(space + 1);
    if (topic !== 'live') {
      for (const hear of everyone.get(topic) ?? []) hear(message);
      return;
    }
    const { from, to, event } = JSON.parse(message) as { from: string; to: string; event: object };
    if (from !== me) hearLocal(to, event);
  }

  async function listen(): Promise<pg.Client> {
    const fresh = new pg.Client({
      ...address.base,
      user: 'worker_login',
      password: loginPassword(secret, 'worker_login'),
      application_name: 'mluen-live',
      keepAlive: true,
    });
    fresh.on('notification', ({ payload }) => payload !== undefined && receive(payload));
    fresh.on('error', () => undefined); // `end` follows, and reconnects
    fresh.on('end', () => void reconnect());
    await fresh.connect();
    await fresh.query('listen mluen');
    return fresh;
  }

  async function reconnect() {
    while (!closed) {
      await new Promise((resolve) => setTimeout(resolve, RECONNECT_MS));
      if (closed) return;
      try {
        client = await listen();
        // What was told meanwhile is lost: everyone forgets what they had cached.
        for (const hearers of everyone.values()) for (const hear of hearers) hear('*');
        return;
      } catch (error) {
        log.warn({ err: error }, 'live events are waiting for the database');
      }
    }
  }

  return {
    on: (topic, hear) => void everyone.set(topic, [...(everyone.get(topic) ?? []), hear]),
    publish(topic, event) {
      hearLocal(topic, event);
      const message = JSON.stringify({ from: me, to: topic, event });
      if (Buffer.byteLength(message) > PAYLOAD_MOST) return; // the others read the database at the next, smaller event
      pools.worker
        .query('select pg_notify($1, $2)', ['mluen', `live ${message}`])
        .catch((error) => log.warn({ err: error }, 'live event not sent'));
    },
    subscribe(topic, hear) {
      const hearers = topics.get(topic) ?? new Set();
      topics.set(topic, hearers.add(hear));
      return () => {
        hearers.delete(hear);
        if (hearers.size === 0) topics.delete(topic);
      };
    },
    close: async () => {
      closed = true;
      await client.end();
    },
  };
}
