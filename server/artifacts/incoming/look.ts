import { fileTypeFromBuffer } from 'file-type';
import { isArchive } from './hidden.ts';
import { lookAtPdf } from './look-at-pdf.ts';
import { lookAtText } from './look-at-text.ts';
import { isMeasured, measure } from './media/measure.ts';
import { lookAtPicture, PICTURES } from './pictures/look-at-picture.ts';
import { FileRefused } from './refused.ts';

/** A file that was taken in: what it is follows from its bytes. */
export interface Looked {
  bytes: Buffer;
  name: string;
  mediaType: string;
  width: number | null;
  height: number | null;
  durationSeconds: number | null;
  framesPerSecond: number | null;
  pages: number | null;
  textBytes: number | null;
  /** What was changed, in words. */
  changes: string[];
}

const UNMEASURED = {
  width: null,
  height: null,
  durationSeconds: null,
  framesPerSecond: null,
  pages: null,
  textBytes: null,
  changes: [],
};

/**
 * Looks at a file that somebody sent, by its content and within bounds. Nothing is unpacked or decoded whole before
 * its size is known. `keepsPlace`: camera and location stay in a picture, as its owner asked. Throws `FileRefused`.
 */
export async function lookAt(file: Buffer, given: string, keepsPlace = false): Promise<Looked> {
  const name = plainName(given);
  refuseArchive(file, name);
  const sniffed = await fileTypeFromBuffer(file);
  const mediaType = usualName(sniffed?.mime);
  if (mediaType === undefined || mediaType === 'application/xml') {
    refuseOtherEnding(name, 'text/plain');
    const text = lookAtText(file, name);
    return { ...UNMEASURED, name, ...text, textBytes: text.bytes.length };
  }
  refuseOtherEnding(name, mediaType);
  if (PICTURES.has(mediaType))
    return { ...UNMEASURED, name, mediaType, ...(await lookAtPicture(file, mediaType, keepsPlace)) };
  if (mediaType === 'application/pdf')
    return { ...UNMEASURED, bytes: file, name, mediaType, ...(await lookAtPdf(file)) };
  if (!isMeasured(mediaType))
    throw new FileRefused('unknown', `Files of type ${mediaType} are not accepted. ${saveAs(mediaType)}`);
  const { kind, ...measures } = measure(file, mediaType)!;
  // The same container holds clips and mere sound.
  const trueType = kind === 'audio' ? SOUND_IN[mediaType] : undefined;
  return { ...UNMEASURED, bytes: file, name, mediaType: trueType ?? mediaType, ...measures };
}

const SOUND_IN: Record<string, string> = {
  'video/mp4': 'audio/x-m4a',
  'video/quicktime': 'audio/x-m4a',
  'video/webm': 'audio/webm',
};

function saveAs(mediaType: string): string {
  if (mediaType.startsWith('image/')) return 'Save it as JPEG or PNG.';
  if (/^(audio|video)\//.test(mediaType)) return 'Save it as MP3, WAV or MP4.';
  return 'Save it as PDF, text or a picture.';
}

/** One name for each kind, without what follows it. */
function usualName(mime: string | undefined): string | undefined {
  const plain = mime?.split(';')[0];
  return (
    (
      {
        'audio/mp4': 'audio/x-m4a',
        'audio/vnd.wave': 'audio/wav',
        'audio/opus': 'audio/ogg',
        'audio/x-flac': 'audio/flac',
        'image/apng': 'image/png',
      } as Record<string, string>
    )[plain ?? ''] ?? plain
  );
}

/** Archives, and the office formats that are archives: refused by their first bytes, so that none is ever unpacked. */
function refuseArchive(file: Buffer, name: string) {
  if (!isArchive(file)) return;
  const office = /\.(docx|xlsx|pptx|odt|ods|odp|pages|numbers|key|epub)$/i.test(name);
  throw new FileRefused(
    'unknown',
    office
      ? 'Office documents are not taken as they are. Save it as PDF or text and upload that.'
      : 'Archives are not taken. Unpack it and upload the files that matter.',
  );
}

const ENDINGS: Record<string, RegExp> = {
  picture: /\.(png|jpe?g|webp|gif|avif|heic|heif|bmp|tiff?)$/i,
  recording: /\.(mp3|wav|m4a|aac|og[ga]|opus|flac|mp4|m4v|mov|webm|mkv|avi)$/i,
  document: /\.pdf$/i,
  program: /\.(exe|dll|com|scr|msi|apk|jar|dmg)$/i,
};

/** A name that promises another kind of file than its bytes are: a mistake, or meant to deceive whoever opens it. */
function refuseOtherEnding(name: string, mediaType: string) {
  const is = mediaType.startsWith('image/')
    ? 'picture'
    : /^(audio|video)\//.test(mediaType)
      ? 'recording'
      : mediaType === 'application/pdf'
        ? 'document'
        : 'text';
  const told = Object.keys(ENDINGS).find((kind) => ENDINGS[kind]!.test(name));
  if (told !== undefined && told !== is)
    throw new FileRefused(
      'unsafe',
      `The name of this file says ${told}, but it holds a ${is}. Name it rightly and upload it again.`,
    );
}

/** A file's own name without folders, control characters and marks that turn the direction of writing. */
function plainName(given: string): string {
  const last = given.split(/[/\\]/).at(-1) ?? '';
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is taken out
  const plain = last.replaceAll(/[\u0000-\u001f\u007f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, '').trim();
  return /^\.*$/.test(plain) ? 'file' : plain.slice(-200);
}
