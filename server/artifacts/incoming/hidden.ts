/** How programs, archives and documents begin. */
const BEGINNINGS = ['PK\u0003\u0004', '%PDF-', 'MZ\u0090', '\u007fELF', 'Rar!', '7z\u00bc\u00af'];
/** An archive says at its end where its files are, so that it opens whatever stands before it. */
const ARCHIVE_END = 'PK\u0005\u0006';
const ARCHIVE_END_BYTES = 66_000;
const MARKUP = /<(script|html|svg)[\s>]|<!doctype html|<\?php/i;

/** Whether what stands behind the end of a file is another file, to be run or unpacked by another program. */
export function isAnotherFile(tail: Buffer): boolean {
  const text = tail.toString('latin1');
  return (
    BEGINNINGS.some((beginning) => text.slice(0, 64).includes(beginning)) ||
    text.slice(-ARCHIVE_END_BYTES).includes(ARCHIVE_END) ||
    MARKUP.test(text)
  );
}

/** Archives, and the office formats that are archives. */
export function isArchive(file: Buffer): boolean {
  const start = file.toString('latin1', 0, 4);
  return ['PK\u0003\u0004', ARCHIVE_END, 'PK\u0007\u0008'].includes(start);
}
