import { randomBytes } from 'node:crypto';
import type { InputFile } from './provider.ts';

export interface Part {
  name: string;
  value: string | InputFile;
}

/** A form with files (RFC 7578). A person's own file names stay here: each is named by its place and type. */
export function multipart(parts: Part[]): { body: Buffer; contentType: string } {
  const boundary = `form-${randomBytes(12).toString('hex')}`;
  const pieces = parts.flatMap(({ name, value }, index) => {
    const head = `--${boundary}\r\ncontent-disposition: form-data; name="${name}"`;
    return typeof value === 'string'
      ? [Buffer.from(`${head}\r\n\r\n${value}\r\n`)]
      : [
          Buffer.from(
            `${head}; filename="file-${index}.${extensionOf(value.mediaType)}"\r\ncontent-type: ${value.mediaType}\r\n\r\n`,
          ),
          value.bytes,
          Buffer.from('\r\n'),
        ];
  });
  return {
    body: Buffer.concat([...pieces, Buffer.from(`--${boundary}--\r\n`)]),
    contentType: `multipart/form-data; boundary=${boundary}`,
  };
}

const extensions: Record<string, string> = {
  'audio/mpeg': 'mp3',
  'audio/x-m4a': 'm4a',
  'video/quicktime': 'mov',
  'image/jpeg': 'jpg',
};

function extensionOf(mediaType: string): string {
  return extensions[mediaType] ?? mediaType.slice(mediaType.indexOf('/') + 1);
}
