/** Frames of a server-sent event stream, for passing on: whole frames only, without the end mark, which is ours to send. */
export interface FrameFilter {
  /** Takes bytes as they come; returns what goes on to the caller now. */
  push(chunk: Buffer): Buffer | null;
  /** All frames' data so far, for reading usage and text when the stream has ended. */
  data(): string[];
  /** Whether the provider said `[DONE]`. */
  done(): boolean;
}

const END = Buffer.from('\n\n');
const DONE = Buffer.from('data: [DONE]');
/** Only the last chunk has no choice: it carries the usage. */
const NO_CHOICE = Buffer.from('"choices":[]');
const CARRIAGE = Buffer.from('\r');

export function createFrameFilter(keepUsage: boolean): FrameFilter {
  const kept: Buffer[] = [];
  let rest: Buffer | null = null;
  let done = false;
  return {
    push(chunk) {
      const all: Buffer = rest === null ? normal(chunk) : Buffer.concat([rest, normal(chunk)]);
      const end = all.lastIndexOf(END);
      if (end === -1) {
        rest = all;
        return null;
      }
      const whole = all.subarray(0, end + 2);
      rest = end + 2 === all.length ? null : all.subarray(end + 2);
      kept.push(whole);
      const special = whole.includes(DONE) || (!keepUsage && whole.includes(NO_CHOICE));
      if (!special) return whole;
      done ||= whole.includes(DONE);
      const frames = whole
        .toString('utf8')
        .split('\n\n')
        .filter(
          (frame) =>
            frame !== '' && frame !== 'data: [DONE]' && (keepUsage || !frame.includes('"choices":[]')),
        );
      return frames.length === 0 ? null : Buffer.from(`${frames.join('\n\n')}\n\n`);
    },
    data: () =>
      Buffer.concat(kept)
        .toString('utf8')
        .split('\n\n')
        .filter((frame) => frame.startsWith('data: {'))
        .map((frame) => frame.slice(6)),
    done: () => done,
  };
}

function normal(chunk: Buffer): Buffer {
  return chunk.includes(CARRIAGE)
    ? Buffer.from(chunk.toString('latin1').replaceAll('\r\n', '\n'), 'latin1')
    : chunk;
}
