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
