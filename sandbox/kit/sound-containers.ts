/** FLAC with its samples as they are: mono, 16 bits. */
export function flacOf(pcm: Buffer, rate: number): Buffer {
  const { about, frames } = flacFrames(pcm, rate);
  return Buffer.concat([Buffer.from('fLaC'), about, ...frames]);
}

/** What says how it is to be read, and its blocks, all but the last of `FLAC_BLOCK` samples. */
export function flacFrames(pcm: Buffer, rate: number): { about: Buffer; frames: Buffer[] } {
  const samples = pcm.length / 2;
  const info = Buffer.alloc(34);
  info.writeUInt16BE(FLAC_BLOCK, 0);
  info.writeUInt16BE(FLAC_BLOCK, 2);
  // 20 bits of rate, 3 of channels − 1, 5 of bits − 1, 36 of the number of samples.
  info.writeBigUInt64BE((BigInt(rate) << 44n) | (15n << 36n) | BigInt(samples), 10);
  const frames: Buffer[] = [];
  for (let frame = 0; frame * FLAC_BLOCK < samples; frame += 1) {
    const length = Math.min(FLAC_BLOCK, samples - frame * FLAC_BLOCK);
    const size = [(length - 1) >> 8, (length - 1) & 0xff];
    // Blocks are numbered by their first sample: of blocks numbered in turn, browsers do not know when the last begins.
    const start = Buffer.from([0xff, 0xf9, 0x70, 0x08, ...utf8Number(frame * FLAC_BLOCK), ...size]);
    const block = Buffer.from(
      pcm.subarray(frame * FLAC_BLOCK * 2, (frame * FLAC_BLOCK + length) * 2),
    ).swap16();
    const body = Buffer.concat([start, Buffer.from([checksum8(start), 0x02]), block]);
    const end = Buffer.alloc(2);
    end.writeUInt16BE(checksum16(body));
    frames.push(Buffer.concat([body, end]));
  }
  return { about: Buffer.concat([Buffer.from([0x80, 0, 0, 34]), info]), frames };
}

export const FLAC_BLOCK = 4096;

function utf8Number(n: number): number[] {
  if (n < 0x80) return [n];
  if (n < 0x800) return [0xc0 | (n >> 6), 0x80 | (n & 0x3f)];
  if (n < 0x10000) return [0xe0 | (n >> 12), 0x80 | ((n >> 6) & 0x3f), 0x80 | (n & 0x3f)];
  return [0xf0 | (n >> 18), 0x80 | ((n >> 12) & 0x3f), 0x80 | ((n >> 6) & 0x3f), 0x80 | (n & 0x3f)];
}

function checksum8(bytes: Buffer): number {
  let sum = 0;
  for (const byte of bytes) {
    sum ^= byte;
    for (let bit = 0; bit < 8; bit += 1) sum = sum & 0x80 ? ((sum << 1) ^ 0x07) & 0xff : (sum << 1) & 0xff;
  }
  return sum;
}

function checksum16(bytes: Buffer): number {
  let sum = 0;
  for (const byte of bytes) {
    sum ^= byte << 8;
    for (let bit = 0; bit < 8; bit += 1)
      sum = sum & 0x8000 ? ((sum << 1) ^ 0x8005) & 0xffff : (sum << 1) & 0xffff;
  }
  return sum;
}

const OPUS_SILENCE = Buffer.from([0xf8, 0xff, 0xfe]);
const OPUS_FRAME_SAMPLES = 960;

/** Ogg Opus that plays silence: 20 ms a packet, mono. An encoder of tones would be a codec of its own. */
export function oggOpusOf(seconds: number): Buffer {
  const head = Buffer.from([...Buffer.from('OpusHead'), 1, 1, 0x38, 0x01, 0x80, 0xbb, 0, 0, 0, 0, 0]);
  const tags = Buffer.concat([
    Buffer.from('OpusTags'),
    Buffer.from([7, 0, 0, 0]),
    Buffer.from('sandbox'),
    Buffer.alloc(4),
  ]);
  const packets = Math.ceil(seconds * 50);
  const pages = [oggPage([head], 0, 0n, 2), oggPage([tags], 1, 0n, 0)];
  for (let sent = 0; sent < packets; sent += 50) {
    const count = Math.min(50, packets - sent);
    const isLast = sent + count >= packets;
    const position = BigInt((sent + count) * OPUS_FRAME_SAMPLES);
    pages.push(oggPage(Array(count).fill(OPUS_SILENCE), pages.length, position, isLast ? 4 : 0));
  }
  return Buffer.concat(pages);
}

function oggPage(packets: Buffer[], sequence: number, position: bigint, flags: number): Buffer {
  const header = Buffer.alloc(27 + packets.length);
  header.write('OggS', 0);
  header[5] = flags;
  header.writeBigUInt64LE(position, 6);
  header.writeUInt32LE(0x5a4d, 14);
  header.writeUInt32LE(sequence, 18);
  header[26] = packets.length;
  for (const [at, packet] of packets.entries()) header[27 + at] = packet.length;
  const page = Buffer.concat([header, ...packets]);
  page.writeUInt32LE(oggChecksum(page), 22);
  return page;
}

function oggChecksum(bytes: Buffer): number {
  let sum = 0;
  for (const byte of bytes) {
    sum ^= byte << 24;
    for (let bit = 0; bit < 8; bit += 1) sum = sum & 0x80000000 ? (sum << 1) ^ 0x04c11db7 : sum << 1;
  }
  return sum >>> 0;
}

const AAC_SILENCE = Buffer.from([0x00, 0xc8, 0x00, 0x80, 0x23, 0x80]);

/** AAC in ADTS frames that plays silence: 44.1 kHz, mono. */
export function adtsOf(seconds: number): Buffer {
  const length = 7 + AAC_SILENCE.length;
  const header = Buffer.from([0xff, 0xf1, 0x50, 0x40, length >> 3, ((length & 7) << 5) | 0x1f, 0xfc]);
  return Buffer.concat(
    Array(Math.ceil((seconds * 44_100) / 1024)).fill(Buffer.concat([header, AAC_SILENCE])),
  );
}
