import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { film } from '#sandbox/kit/video.ts';
import type { InputFile } from '#server/providers/provider.ts';

/** A clip of five seconds at an address, for providers that fetch clips themselves. */
export async function startClips(): Promise<{ clip(id: string): InputFile; close(): void }> {
  const side = 960;
  const bytes = await film({ prompt: 'a lighthouse', width: side, height: side, seconds: 5 });
  const server = createServer((_, answer) =>
    answer.writeHead(200, { 'content-type': 'video/mp4' }).end(bytes),
  );
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  const { port } = server.address() as AddressInfo;
  const publicUrl = `http://127.0.0.1:${port}/clip.mp4`;
  const about = { name: 'mine.mp4', mediaType: 'video/mp4', width: side, height: side, durationSeconds: 5 };
  return { clip: (id) => ({ id, bytes, publicUrl, ...about }), close: () => void server.close() };
}
