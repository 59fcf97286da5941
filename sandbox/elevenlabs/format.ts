import { melodyFor, mp3Of, pcmOf, wavOf } from '../kit/sound.ts';
import { oggOpusOf } from '../kit/sound-containers.ts';

const formats = [
  'mp3_22050_32',
  'mp3_24000_48',
  'mp3_44100_32',
  'mp3_44100_64',
  'mp3_44100_96',
  'mp3_44100_128',
  'mp3_44100_192',
  'opus_48000_32',
  'opus_48000_64',
  'opus_48000_96',
  'opus_48000_128',
  'opus_48000_192',
  'ulaw_8000',
  'alaw_8000',
  ...['pcm', 'wav'].flatMap((kind) =>
    [8000, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000].map((rate) => `${kind}_${rate}`),
  ),
];

/** Null: not one of the formats that this path offers. */
export function formatOf(query: URLSearchParams, isStream: boolean): string | null {
  const format = query.get('output_format') ?? 'mp3_44100_128';
  if (format === 'auto') return 'mp3_44100_128';
  return formats.includes(format) && !(isStream && format.startsWith('wav_')) ? format : null;
}

/** Sound in one of ElevenLabs' formats. */
export function encode(text: string, seconds: number, format: string): { bytes: Buffer; type: string } {
  const notes = melodyFor(text, seconds);
  const [kind, rate = '44100', kbits = '128'] = format.split('_');
  switch (kind) {
    case 'pcm':
      return { bytes: pcmOf(notes, Number(rate)), type: 'audio/pcm' };
    case 'wav':
      return { bytes: wavOf(pcmOf(notes, Number(rate)), Number(rate)), type: 'audio/wav' };
    case 'ulaw':
    case 'alaw':
      return { bytes: telephone(pcmOf(notes, Number(rate)), kind), type: 'audio/basic' };
    case 'opus':
      return { bytes: oggOpusOf(seconds), type: 'audio/opus' };
    default:
      // The low rates are MPEG-2, which the encoder does not know: they come at 44.1 kHz.
      return { bytes: mp3Of(notes, 44_100, kbits === '48' ? 64 : Number(kbits)), type: 'audio/mpeg' };
  }
}

const LOUDEST = 32_767;
const MU = 255;
const A = 87.6;

/** G.711: eight bits for sixteen, by the logarithm of the amplitude. */
function telephone(pcm: Buffer, law: 'ulaw' | 'alaw'): Buffer {
  const bytes = Buffer.alloc(pcm.length / 2);
  for (let at = 0; at < bytes.length; at += 1) {
    const sample = pcm.readInt16LE(at * 2) / LOUDEST;
    const loud = Math.min(1, Math.abs(sample));
    const share =
      law === 'ulaw'
        ? Math.log1p(MU * loud) / Math.log1p(MU)
        : (loud < 1 / A ? A * loud : 1 + Math.log(A * loud)) / (1 + Math.log(A));
    const code = Math.round(share * 127);
    // The bits are turned, so that silence is not a row of noughts on the line.
    bytes[at] =
      law === 'ulaw' ? ~((sample < 0 ? 0x80 : 0) | code) & 0xff : (sample < 0 ? code : code | 0x80) ^ 0x55;
  }
  return bytes;
}
