/** One server-sent event: its name (where the provider sends one) and its data, lines joined. */
export interface ServerSentEvent {
  event: string | null;
  data: string;
}

/**
 * Reads server-sent events from bytes as they arrive: frames may be cut anywhere (inside a character too), lines end
 * `\n`, `\r\n` or `\r`, and the last frame may lack its blank line. Comments are skipped.
 */
export async function* readEvents(chunks: AsyncIterable<Buffer>): AsyncGenerator<ServerSentEvent> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const chunk of chunks) {
    rest += decoder.decode(chunk, { stream: true });
    // A lone carriage return at the end may be the first half of a line end.
    const whole = rest.endsWith('\r') ? rest.slice(0, -1) : rest;
    const frames = whole.replaceAll(/\r\n?/g, '\n').split('\n\n');
    const last = frames.pop()!;
    rest = whole === rest ? last : `${last}\r`;
    for (const frame of frames) {
      const event = parseFrame(frame);
      if (event !== null) yield event;
    }
  }
  const event = parseFrame((rest + decoder.decode()).replaceAll(/\r\n?/g, '\n').trimEnd());
  if (event !== null) yield event;
}

function parseFrame(frame: string): ServerSentEvent | null {
  let event: string | null = null;
  const data: string[] = [];
  for (const line of frame.split('\n')) {
    const colon = line.indexOf(':');
    const field = colon === -1 ? line : line.slice(0, colon);
    const value = colon === -1 ? '' : line.slice(colon + 1).replace(/^ /, '');
    if (field === 'data') data.push(value);
    else if (field === 'event') event = value;
  }
  return data.length === 0 ? null : { event, data: data.join('\n') };
}
