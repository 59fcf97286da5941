import { ATTACHMENT_MOST_BYTES, ATTACHMENTS_MOST } from '#contract/support.ts';

/** Whether these may go along: not too many, none too large. */
export const isTooMuch = (files: readonly File[]): boolean =>
  files.length > ATTACHMENTS_MOST || files.some(({ size }) => size > ATTACHMENT_MOST_BYTES);

/** The files as they travel with a message. */
export function asAttachments(files: readonly File[]): Promise<{ name: string; content: string }[]> {
  return Promise.all(files.map(async (file) => ({ name: file.name, content: await base64Of(file) })));
}

function base64Of(file: File): Promise<string> {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(String(reader.result).replace(/^[^,]*,/, ''));
    reader.onerror = () => reject(reader.error);
    reader.readAsDataURL(file);
  });
}
