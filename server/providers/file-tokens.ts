import type { InputFile } from './provider.ts';

const IMAGE_MOST = 20_000;
/** Whatever its size, a picture costs this at most beside its pixels (Gemini counts 1,120 for the smallest). */
const IMAGE_LEAST = 2_500;
/** Anthropic counts a token for 750 pixels, OpenAI one for 416 in its dearest small model: 1,024 / 2.46. */
const PIXELS_PER_TOKEN = 400;
/** A page is sent as its words and as a picture of it, which is 2,576 pixels high at most. */
const PAGE_PICTURE = 7_000;
/** A letter of a page may be one byte in the document and three when it is read. */
const TOKENS_PER_TEXT_BYTE = 2;
/** Gemini counts 32 a second of sound, Qwen 25; of clips 258 a picture and a second, and the sound. */
const PER_SOUND_SECOND = 40;
const PER_CLIP_SECOND = 320;
/** The thinnest sound or clip that anybody sends has more bytes than this for each of its tokens. */
const BYTES_PER_MEDIA_TOKEN = 20;
const CLIP_MOST_BY_BYTES = 30_000;
const FILE_LEAST = 300;
/** Of files that were never measured. */
const UNKNOWN = 100_000;

/** The most tokens in that a file comes to for a model that reads: by what it holds, not by what it weighs. */
export function tokensOfFile(file: InputFile): number {
  const { mediaType, name, durationSeconds: seconds } = file;
  const size = file.size ?? file.bytes.length;
  const [family] = mediaType.split('/');
  if (family === 'image') return imageTokens(file);
  if (family === 'text') return size + name.length * 3 + FILE_LEAST;
  if (family === 'audio' || family === 'video') {
    if (seconds === undefined) return Math.ceil(size / BYTES_PER_MEDIA_TOKEN) + FILE_LEAST;
    if (family === 'audio') return Math.ceil(seconds * PER_SOUND_SECOND) + FILE_LEAST;
    const byBytes = Math.min(CLIP_MOST_BY_BYTES, size / BYTES_PER_MEDIA_TOKEN);
    return Math.ceil(Math.max(seconds * PER_CLIP_SECOND, byBytes)) + FILE_LEAST;
  }
  if (file.pages === undefined) return UNKNOWN;
  return file.pages * PAGE_PICTURE + (file.textBytes ?? size) * TOKENS_PER_TEXT_BYTE + FILE_LEAST;
}

function imageTokens({ width, height }: InputFile): number {
  if (width === undefined || height === undefined) return IMAGE_MOST;
  return Math.min(IMAGE_MOST, IMAGE_LEAST + Math.ceil((width * height) / PIXELS_PER_TOKEN));
}
