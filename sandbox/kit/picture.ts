import sharp from 'sharp';
import { lettersPath, wrap } from './letters.ts';
import { numbersFrom, seedOf, subjectOf } from './prose.ts';
import { remember } from './remember.ts';

interface PictureRequest {
  prompt: string;
  width: number;
  height: number;
  format: 'png' | 'jpeg' | 'webp' | 'avif';
  quality?: number;
  transparent?: boolean;
  /** Stands in the corner: the model's name, or the second of a video. */
  caption?: string;
  /** Shifts the shapes, from 0 to 1: a video is a row of pictures. */
  moment?: number;
  /** 0 fastest … for frames of a video. */
  effort?: number;
}

/** A picture that shows its prompt, the same for the same request. */
export function draw({
  prompt,
  width,
  height,
  format,
  quality,
  transparent,
  caption,
  moment,
  effort,
}: PictureRequest): Promise<Buffer> {
  const request = { prompt, width, height, format, quality, transparent, caption, moment, effort };
  return remember(request, () => render(request));
}

async function render(request: PictureRequest): Promise<Buffer> {
  const image = sharp(Buffer.from(svgOf(request)));
  const { format, quality = 82, effort } = request;
  switch (format) {
    case 'png':
      return image.png({ compressionLevel: 6 }).toBuffer();
    case 'jpeg':
      return image.flatten({ background: '#ffffff' }).jpeg({ quality }).toBuffer();
    case 'webp':
      return image.webp({ quality, effort: effort ?? 2 }).toBuffer();
    case 'avif':
      return image
        .flatten({ background: '#000000' })
        .avif({ quality, effort: effort ?? 0, chromaSubsampling: '4:2:0' })
        .toBuffer();
    default:
      return format satisfies never;
  }
}

function svgOf({ prompt, width, height, transparent, caption, moment = 0 }: PictureRequest): string {
  const next = numbersFrom(seedOf(prompt));
  const hue = Math.floor(next() * 360);
  const shapes = Array.from({ length: 7 }, (_, at) => {
    const angle = (moment + next()) * 2 * Math.PI;
    const x = width * (0.5 + 0.38 * Math.cos(angle + at));
    const y = height * (0.5 + 0.3 * Math.sin(angle + at * 2));
    const radius = Math.min(width, height) * (0.08 + next() * 0.2);
    return `<circle cx="${x.toFixed(1)}" cy="${y.toFixed(1)}" r="${radius.toFixed(1)}" fill="hsl(${(hue + at * 24) % 360} 62% ${40 + at * 5}%)" fill-opacity="0.55"/>`;
  }).join('');
  const background = transparent
    ? ''
    : `<defs><linearGradient id="g" x2="1" y2="1"><stop stop-color="hsl(${hue} 48% 26%)"/><stop offset="1" stop-color="hsl(${(hue + 60) % 360} 52% 52%)"/></linearGradient></defs><rect width="100%" height="100%" fill="url(#g)"/>`;
  const dot = Math.max(1, Math.round(width / 200));
  const columns = Math.max(4, Math.floor((width * 0.88) / (6 * dot)));
  const lines = wrap(subjectOf(prompt), columns, 5);
  const top = Math.round(height * 0.42);
  const text = lines
    .map((line, at) => lettersPath(line, Math.round(width * 0.06), top + at * 10 * dot, dot))
    .join('');
  const small = Math.max(1, Math.round(dot / 2));
  const corner =
    caption === undefined ? '' : lettersPath(caption, Math.round(width * 0.06), height - 14 * small, small);
  const band = `<rect x="0" y="${top - 6 * dot}" width="${width}" height="${lines.length * 10 * dot + 10 * dot}" fill="#000000" fill-opacity="0.45"/>`;
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">${background}${shapes}${band}<path d="${text}${corner}" fill="#ffffff"/></svg>`;
}
