interface Segment {
  /** Seconds from the beginning. */
  start: number;
  end: number;
  text: string;
}

/** Captions in one of the two common formats, which differ in a heading, numbers, and how a fraction is written. */
export function captionsOf(segments: readonly Segment[], format: 'srt' | 'vtt'): string {
  const point = format === 'srt' ? ',' : '.';
  const blocks = segments.map(({ start, end, text }, at) => {
    const times = `${clock(start, point)} --> ${clock(end, point)}`;
    return `${format === 'srt' ? `${at + 1}\n` : ''}${times}\n${text.trim()}\n`;
  });
  return `${format === 'vtt' ? 'WEBVTT\n\n' : ''}${blocks.join('\n')}`;
}

function clock(seconds: number, point: string): string {
  const ms = Math.round(seconds * 1000);
  const two = (value: number) => String(Math.floor(value)).padStart(2, '0');
  const rest = String(ms % 1000).padStart(3, '0');
  return `${two(ms / 3_600_000)}:${two((ms / 60_000) % 60)}:${two((ms / 1000) % 60)}${point}${rest}`;
}
