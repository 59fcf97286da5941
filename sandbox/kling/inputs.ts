import { type Clip, type ClipLimits, clipFault, fetchClip } from '../kit/clip.ts';
import { sizeOfPicture } from '../kit/video.ts';
import { bad, type Refused } from './envelope.ts';

/** Why Kling would refuse a picture: an address, or bare base64 of at least 300 pixels a side. */
export async function imageRefusal(image: unknown): Promise<Refused | null> {
  if (typeof image !== 'string' || image === '') return bad('image is invalid');
  if (/^https?:\/\//.test(image)) return null;
  if (image.startsWith('data:')) return bad('image base64 must not have a data prefix');
  const size = await sizeOfPicture(Buffer.from(image, 'base64')).catch(() => null);
  if (size === null) return bad('image is invalid: unsupported format');
  const ratio = size.width / size.height;
  if (size.width < 300 || size.height < 300)
    return bad('image pixel is invalid: each side must be at least 300px');
  return ratio < 0.4 || ratio > 2.5 ? bad('image ratio is invalid: must be between 1:2.5 and 2.5:1') : null;
}

const CLIP: ClipLimits = {
  megabytes: 200,
  seconds: [3, 15.5],
  side: [700, 4553],
  area: 8_294_400,
  ratio: [0.4, 2],
  framesPerSecond: [24, 60],
};
const MOTION: ClipLimits = { megabytes: 100, seconds: [3, 30], side: [340, 3850] };

/** The clip behind an address, fetched and looked at, or why Kling would refuse it. Clips go by address alone. */
export async function clipAt(url: string | undefined, isMotion: boolean): Promise<Clip | Refused> {
  if (!/^https?:\/\//.test(url ?? '')) return bad('video must be a URL');
  const clip = await fetchClip(url as string);
  if (clip === null) return bad('video is invalid: it could not be downloaded or read');
  if (clip.kind !== 'video') return bad('video is invalid: only mp4 and mov are supported');
  const fault = clipFault(clip, isMotion ? MOTION : CLIP);
  return fault === null ? clip : bad(`video is invalid: ${fault}`);
}
