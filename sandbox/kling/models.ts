/** Kling's video models of the new standard, from the vendor's table of September 2026. */
export interface VideoModel {
  products: readonly Product[];
  resolutions: readonly string[];
  /** Seconds: a range, or the only ones. */
  seconds: { low: number; high: number } | readonly number[];
  audio: readonly string[];
  promptLimit: number;
  /** Cuts between shots. */
  hasShots: boolean;
  /** Units a second, by resolution: silent, and with sound. */
  silent: Record<string, number>;
  sounding: Record<string, number>;
}

export type Product = 'text-to-video' | 'image-to-video' | 'omni-video' | 'motion-control';

export const products: readonly Product[] = [
  'text-to-video',
  'image-to-video',
  'omni-video',
  'motion-control',
];
const both: Product[] = ['text-to-video', 'image-to-video'];

export const videoModels: Readonly<Record<string, VideoModel>> = {
  'kling-3.0-turbo': {
    products: both,
    resolutions: ['720p', '1080p'],
    seconds: { low: 3, high: 15 },
    audio: [],
    promptLimit: 3072,
    hasShots: false,
    silent: { '720p': 0.8, '1080p': 1 },
    sounding: { '720p': 0.8, '1080p': 1 },
  },
  'kling-3.0': {
    products: [...both, 'motion-control'],
    resolutions: ['720p', '1080p', '4k'],
    seconds: { low: 3, high: 15 },
    audio: ['native', 'off', 'original'],
    promptLimit: 3072,
    hasShots: true,
    silent: { '720p': 0.6, '1080p': 0.8, '4k': 3 },
    sounding: { '720p': 0.9, '1080p': 1.2, '4k': 3 },
  },
  'kling-3.0-omni': {
    products: ['omni-video'],
    resolutions: ['720p', '1080p', '4k'],
    seconds: { low: 3, high: 15 },
    audio: ['native', 'original', 'off'],
    promptLimit: 3072,
    hasShots: true,
    silent: { '720p': 0.6, '1080p': 0.8, '4k': 3 },
    sounding: { '720p': 0.8, '1080p': 1, '4k': 3 },
  },
  'kling-o1': {
    products: ['omni-video'],
    resolutions: ['720p', '1080p'],
    seconds: { low: 3, high: 10 },
    audio: ['original', 'off'],
    promptLimit: 2500,
    hasShots: false,
    silent: { '720p': 0.6, '1080p': 0.8 },
    sounding: { '720p': 0.9, '1080p': 1.2 },
  },
  'kling-2.6': {
    products: [...both, 'motion-control'],
    resolutions: ['720p', '1080p'],
    seconds: [5, 10],
    audio: ['native', 'off', 'original'],
    promptLimit: 2500,
    hasShots: false,
    silent: { '720p': 0.3, '1080p': 0.5 },
    sounding: { '720p': 0.3, '1080p': 1 },
  },
  'kling-2.5-turbo': {
    products: both,
    resolutions: ['720p', '1080p'],
    seconds: [5, 10],
    audio: [],
    promptLimit: 2500,
    hasShots: false,
    silent: { '720p': 0.3, '1080p': 0.5 },
    sounding: { '720p': 0.3, '1080p': 0.5 },
  },
};

export const lines: Record<string, number> = { '720p': 720, '1080p': 1080, '4k': 2160 };
