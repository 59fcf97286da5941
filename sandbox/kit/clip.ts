/** A clip or a sound as a provider that was given its address sees it. */
export interface Clip {
  kind: 'video' | 'audio';
  format: 'mp4' | 'mov' | 'wav' | 'mp3';
  bytes: number;
  seconds: number;
  /** Of clips alone. */
  width: number;
  height: number;
  framesPerSecond: number;
}

/** What a provider takes; both ends of a range belong to it. */
export interface ClipLimits {
  megabytes: number;
  seconds: [number, number];
  /** Pixels of a side. */
  side?: [number, number];
  area?: number;
  /** Width to height. */
  ratio?: [number, number];
  framesPerSecond?: [number, number];
}

const FETCH_MS = 20_000;

/** Fetches what an address leads to, as the real ones do: without following it elsewhere. `null`: it could not be had or read. */
export async function fetchClip(url: string): Promise<Clip | null> {
  try {
    const answer = await fetch(url, { redirect: 'error', signal: AbortSignal.timeout(FETCH_MS) });
    if (answer.status !== 200) return null;
    return clipOf(Buffer.from(await answer.arrayBuffer()));
  } catch {
    return null;
  }
}

/** Why a clip is outside of what is taken, in words; null when it is inside. */
export function clipFault(clip: Clip, limits: ClipLimits): string | null {
  const within = (value: number, [low, high]: [number, number]) => value >= low && value <= high;
  if (clip.bytes > limits.megabytes * 1024 * 1024) return `size must not exceed ${limits.megabytes}MB`;
  // Lengths are told in whole frames: a little beyond is not beyond.
  if (!within(clip.seconds, [limits.seconds[0] - 0.05, limits.seconds[1] + 0.05]))
    return `duration must be between ${limits.seconds[0]}s and ${limits.seconds[1]}s`;
  if (clip.kind === 'audio') return null;
  const { side, area, ratio, framesPerSecond: rate } = limits;
  if (side !== undefined && !(within(clip.width, side) && within(clip.height, side)))
    return `each side must be between ${side[0]}px and ${side[1]}px`;
  if (area !== undefined && clip.width * clip.height > area) return `area must not exceed ${area} pixels`;
  if (ratio !== undefined && !within(clip.width / clip.height, ratio))
    return `ratio must be between ${ratio[0]} and ${ratio[1]}`;
  return rate !== undefined && !within(Math.round(clip.framesPerSecond), rate)
    ? `frame rate must be between ${rate[0]} and ${rate[1]}`
    : null;
}

/** Reads MP4, MOV, WAV and MP3; null for all else, and for what is broken. */
export function clipOf(file: Buffer): Clip | null {
  const sound = { kind: 'audio', bytes: file.length, width: 0, height: 0, framesPerSecond: 0 } as const;
  if (file.length > 44 && file.toString('latin1', 0, 4) === 'RIFF')
    return { ...sound, format: 'wav', seconds: (file.length - 44) / file.readUInt32LE(28) };
  if (file.length > 4 && file[0] === 0xff && (file[1]! & 0xe6) === 0xe2)
    return { ...sound, format: 'mp3', seconds: mp3Seconds(file) };
  return file.toString('latin1', 4, 8) === 'ftyp' ? movieOf(file) : null;
}

const MP3_KBITS = [0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320];

function mp3Seconds(file: Buffer): number {
  const kbits = MP3_KBITS[file[2]! >> 4] ?? 128;
  return (file.length * 8) / (kbits * 1000);
}

function movieOf(file: Buffer): Clip | null {
  const movie = inside(file, 'moov');
  const header = movie && inside(movie, 'mvhd');
  if (movie === null || header === null || inside(file, 'mdat') === null) return null;
  const seconds = header.readUInt32BE(16) / header.readUInt32BE(12);
  for (const track of all(movie, 'trak')) {
    const media = inside(track, 'mdia');
    const about = inside(track, 'tkhd');
    if (media === null || about === null || inside(media, 'hdlr')?.toString('latin1', 8, 12) !== 'vide')
      continue;
    const times = inside(inside(inside(media, 'minf') ?? media, 'stbl') ?? media, 'stts');
    const frames = times === null ? 0 : times.readUInt32BE(8);
    return {
      kind: 'video',
      format: file.toString('latin1', 8, 10) === 'qt' ? 'mov' : 'mp4',
      bytes: file.length,
      seconds,
      width: about.readUInt32BE(about.length - 8) >>> 16,
      height: about.readUInt32BE(about.length - 4) >>> 16,
      framesPerSecond: seconds === 0 ? 0 : frames / seconds,
    };
  }
  return null;
}

const inside = (bytes: Buffer, type: string): Buffer | null => all(bytes, type)[0] ?? null;

function all(bytes: Buffer, type: string): Buffer[] {
  const found: Buffer[] = [];
  for (let at = 0; at + 8 <= bytes.length; ) {
    const size = bytes.readUInt32BE(at);
    if (size < 8 || at + size > bytes.length) break;
    if (bytes.toString('latin1', at + 4, at + 8) === type) found.push(bytes.subarray(at + 8, at + size));
    at += size;
  }
  return found;
}
