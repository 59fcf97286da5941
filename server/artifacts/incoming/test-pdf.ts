import { deflateSync } from 'node:zlib';

/** PDFs for tests, written byte by byte. */
interface PdfOptions {
  pages?: number;
  /** What each page says. */
  words?: string;
  /** More entries of the catalogue. */
  catalogue?: string;
  /** Objects that are written into a packed stream of objects. */
  packed?: string;
  /** Bytes of nothing that the page's content unpacks to. */
  bombBytes?: number;
  trailer?: string;
}

export function aPdf({
  pages = 1,
  words = 'Hello',
  catalogue = '',
  packed,
  bombBytes,
  trailer = '',
}: PdfOptions = {}): Buffer {
  const parts: Buffer[] = [Buffer.from('%PDF-1.7\n%\u00e2\u00e3\n', 'latin1')];
  const add = (text: string) => parts.push(Buffer.from(text, 'latin1'));
  add(`1 0 obj\n<< /Type /Catalog /Pages 2 0 R ${catalogue} >>\nendobj\n`);
  const ids = Array.from({ length: pages }, (_, at) => 10 + at);
  add(
    `2 0 obj\n<< /Type /Pages /Count ${pages} /Kids [${ids.map((id) => `${id} 0 R`).join(' ')}] >>\nendobj\n`,
  );
  const content = bombBytes === undefined ? `BT /F1 12 Tf (${words}) Tj ET` : Buffer.alloc(bombBytes, ' ');
  stream(parts, 3, '', deflateSync(content));
  for (const id of ids) add(`${id} 0 obj\n<< /Type /Page /Parent 2 0 R /Contents 3 0 R >>\nendobj\n`);
  if (packed !== undefined) stream(parts, 4, '/Type /ObjStm /N 1 /First 4', deflateSync(`5 0 ${packed}`));
  add(`trailer\n<< /Root 1 0 R ${trailer} >>\nstartxref\n0\n%%EOF\n`);
  return Buffer.concat(parts);
}

function stream(parts: Buffer[], id: number, dictionary: string, data: Buffer): void {
  parts.push(
    Buffer.from(
      `${id} 0 obj\n<< ${dictionary} /Filter /FlateDecode /Length ${data.length} >>\nstream\n`,
      'latin1',
    ),
    data,
    Buffer.from('\nendstream\nendobj\n', 'latin1'),
  );
}
