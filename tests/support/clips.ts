import { film } from '#sandbox/kit/video.ts';
import type { InputFile } from '#server/providers/provider.ts';
import { aRecording } from '#server/providers/test-files.ts';
import { startHost } from './host.ts';

interface Clips {
  clip(id: string): InputFile;
  /** A sound of three seconds. */
  soundUrl: string;
  close(): void;
}

/** A clip of five seconds at an address, for providers that fetch clips and sounds themselves. */
export async function startClips(): Promise<Clips> {
  const side = 960;
  const bytes = await film({ prompt: 'a lighthouse', width: side, height: side, seconds: 5 });
  const sound = aRecording('', 3).bytes;
  const { url: origin, close } = await startHost(({ url }, answer) =>
    url?.endsWith('.wav') === true
      ? answer.writeHead(200, { 'content-type': 'audio/wav' }).end(sound)
      : answer.writeHead(200, { 'content-type': 'video/mp4' }).end(bytes),
  );
  const publicUrl = `${origin}/clip.mp4`;
  const about = { name: 'mine.mp4', mediaType: 'video/mp4', width: side, height: side, durationSeconds: 5 };
  return {
    clip: (id) => ({ id, bytes, publicUrl, ...about }),
    soundUrl: `${origin}/sound.wav`,
    close,
  };
}
