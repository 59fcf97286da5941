/**
 * Loaded into a process before the program (`NODE_OPTIONS=--import`): each connection that it opens is a line of the
 * file CONNECTIONS_FILE, as JSON: the program, and where to.
 */
import { appendFileSync } from 'node:fs';
import { Socket } from 'node:net';

const file = process.env.CONNECTIONS_FILE;
const connect = Socket.prototype.connect as (this: Socket, ...given: unknown[]) => Socket;

if (file !== undefined)
  Socket.prototype.connect = function (this: Socket, ...given: unknown[]) {
    // Node's own callers pass a list that holds what was given.
    const [first, second] = Array.isArray(given[0]) ? given[0] : given;
    const {
      path,
      port,
      host = 'localhost',
    } = typeof first === 'object'
      ? first
      : { port: first, host: typeof second === 'string' ? second : undefined };
    const to = [path, port].some((place) => String(place).startsWith('/')) ? 'a file' : `${host}:${port}`;
    appendFileSync(file, `${JSON.stringify({ program: process.argv[1], to })}\n`);
    return connect.apply(this, given);
  } as typeof Socket.prototype.connect;
