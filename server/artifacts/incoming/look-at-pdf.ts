import { promisify } from 'node:util';
import { constants, inflate } from 'node:zlib';
import { isAnotherFile } from './hidden.ts';
import { broken, FileRefused } from './refused.ts';

const PAGES_MOST = 1_000;
const STREAMS_MOST = 100_000;
/** Characters before a stream that say what it is. */
const DICTIONARY_MOST = 8_192;
/** One stream may unpack to this, and all that are looked into together to that: beyond, it is a bomb. */
const STREAM_MOST_BYTES = 32 * 1024 * 1024;
const UNPACKED_MOST_BYTES = 128 * 1024 * 1024;
const PICTURE_MOST_PIXELS = 100_000_000;
/** So far from its end a document must say that it ends, and where its index is. */
const END_BYTES = 2_048;
/** Programs, commands and files inside of a document: no model needs them, and readers run them. */
const DANGERS: [RegExp, string][] = [
  [/\/(JavaScript|JS)(?![A-Za-z0-9])/, 'a script'],
  [/\/Launch(?![A-Za-z0-9])/, 'a command to start a program'],
  [/\/(EmbeddedFiles?|RichMedia)(?![A-Za-z0-9])/, 'other files'],
];

export interface LookedDocument {
  pages: number;
  /** Bytes of the words on its pages, at most. */
  textBytes: number;
}

/** Looks through a PDF: its structure, and what its pages say, unpacked within bounds. Nothing is drawn or run. */
export async function lookAtPdf(file: Buffer): Promise<LookedDocument> {
  const raw = file.toString('latin1');
  refuseBrokenEnd(raw);
  let structure = '';
  let textBytes = 0;
  let unpacked = 0;
  let at = 0;
  for (const stream of streamsOf(raw)) {
    structure += raw.slice(at, stream.start);
    at = stream.end;
    const kind = kindOf(stream.dictionary);
    if (kind === 'skipped') continue;
    const plain = await unpack(file.subarray(stream.start, stream.end), stream.dictionary, kind);
    unpacked += plain.length;
    if (unpacked > UNPACKED_MOST_BYTES) throw bomb();
    if (kind === 'objects') structure += `\n${plain.toString('latin1')}\n`;
    else textBytes += wordBytes(plain);
  }
  structure = plainNames(structure + raw.slice(at));
  refuseDangers(structure);
  return { pages: pagesOf(structure), textBytes };
}

function refuseBrokenEnd(raw: string) {
  const end = raw.lastIndexOf('%%EOF');
  if (end === -1 || raw.lastIndexOf('startxref') === -1) throw broken('document');
  if (raw.length - end > END_BYTES || isAnotherFile(Buffer.from(raw.slice(end), 'latin1')))
    throw new FileRefused(
      'unsafe',
      'Behind the end of this document other data is hidden. Print it to a new PDF and upload that.',
    );
}

interface Stream {
  dictionary: string;
  start: number;
  end: number;
}

function* streamsOf(raw: string): Generator<Stream> {
  const mark = /stream\r?\n/g;
  let count = 0;
  let last = 0;
  for (let found = mark.exec(raw); found !== null; found = mark.exec(raw)) {
    if (raw.startsWith('end', found.index - 3)) continue;
    const start = found.index + found[0].length;
    const end = raw.indexOf('endstream', start);
    if (end === -1) throw broken('document');
    count += 1;
    if (count > STREAMS_MOST) throw bomb();
    // What stands right before it, of its own object alone.
    const before = raw.slice(Math.max(0, last, found.index - DICTIONARY_MOST), found.index);
    const dictionary = plainNames(before.slice(before.lastIndexOf(' obj') + 1));
    yield { dictionary, start, end };
    last = end;
    mark.lastIndex = end + 'endstream'.length;
  }
}

/** `objects`: parts of the structure. `content`: what pages show. The rest is pictures, fonts and indexes. */
function kindOf(dictionary: string): 'objects' | 'content' | 'skipped' {
  if (/\/ObjStm/.test(dictionary)) return 'objects';
  if (/\/Subtype\s*\/Image/.test(dictionary)) {
    const side = (name: string) => Number(new RegExp(`/${name}\\s+(\\d+)`).exec(dictionary)?.[1] ?? 0);
    if (side('Width') * side('Height') > PICTURE_MOST_PIXELS) throw bomb();
    return 'skipped';
  }
  return /\/(XRef|Length1|Length2|FontFile|Metadata|CMapName)|\/Subtype\s*\/(Type1C|CIDFontType0C|OpenType|XML)/.test(
    dictionary,
  )
    ? 'skipped'
    : 'content';
}

const inflateSoon = promisify(inflate) as (
  data: Buffer,
  options: { maxOutputLength: number; finishFlush: number },
) => Promise<Buffer>;

async function unpack(data: Buffer, dictionary: string, kind: 'objects' | 'content'): Promise<Buffer> {
  const filter = /\/Filter\s*(\[[^\]]*\]|\/[A-Za-z0-9]+)/.exec(dictionary)?.[1] ?? '';
  const names = filter.match(/\/[A-Za-z0-9]+/g) ?? [];
  if (names.length === 0) return data;
  const isPlainFlate = names.length === 1 && /^\/(FlateDecode|Fl)$/.test(names[0]!);
  if (!isPlainFlate || (kind === 'objects' && /\/Predictor\s+([2-9]|1\d)/.test(dictionary))) {
    if (kind === 'content') return data;
    throw new FileRefused(
      'unsafe',
      'Parts of this document are packed so that nobody can look into them. Print it to a new PDF.',
    );
  }
  try {
    const options = { maxOutputLength: STREAM_MOST_BYTES, finishFlush: constants.Z_SYNC_FLUSH };
    return await inflateSoon(data, options);
  } catch (cause) {
    if ((cause as { code?: string }).code === 'ERR_BUFFER_TOO_LARGE') throw bomb();
    if (kind === 'objects') throw broken('document');
    return data;
  }
}

/** Bytes within the strings of a page: `(words)` and `<hex>`. Operators and lines of drawings do not count. */
function wordBytes(content: Buffer): number {
  let count = 0;
  let depth = 0;
  let hex = false;
  for (let at = 0; at < content.length; at++) {
    const byte = content[at];
    if (depth > 0) {
      if (byte === 0x5c) at += 1;
      else if (byte === 0x28) depth += 1;
      else if (byte === 0x29) depth -= 1;
      count += 1;
    } else if (byte === 0x28) depth = 1;
    else if (byte === 0x3c) hex = true;
    else if (byte === 0x3e) hex = false;
    else if (hex) count += 1;
  }
  return count;
}

function pagesOf(structure: string): number {
  const drawn = structure.match(/\/Type\s*\/Page(?![A-Za-z0-9])/g)?.length ?? 0;
  const told = [...structure.matchAll(/\/Count\s+(\d{1,9})/g)].map(([, count]) => Number(count));
  const pages = Math.max(drawn, /\/Type\s*\/Pages/.test(structure) ? Math.max(0, ...told) : 0);
  if (pages === 0) throw broken('document');
  if (pages > PAGES_MOST)
    throw new FileRefused(
      'too-large',
      `This document has ${pages} pages; at most ${PAGES_MOST} are taken. Upload the pages that matter.`,
    );
  return pages;
}

function refuseDangers(structure: string) {
  if (/\/Encrypt(?![A-Za-z0-9])/.test(structure))
    throw new FileRefused(
      'unknown',
      'This document is protected. Remove its password or protection, then upload it.',
    );
  const danger = DANGERS.find(([pattern]) => pattern.test(structure));
  if (danger !== undefined)
    throw new FileRefused(
      'unsafe',
      `This document holds ${danger[1]}. Print it to a new PDF and upload that.`,
    );
}

const bomb = (): FileRefused =>
  new FileRefused(
    'unsafe',
    'This document unpacks to far more than it shows. Print it to a new PDF and upload that.',
  );

/** A name may write its letters as `#4a`. */
const plainNames = (text: string): string =>
  text.replaceAll(/#([0-9a-fA-F]{2})/g, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)));
