import type { ShippedModel, ShippedPrice, Source } from '#server/catalogue/shipped.ts';
import { movingExamples, videoExamples } from './examples.ts';
import { WAN, WAN_EARLIER, WAN_TOGETHER } from './file-limits.ts';
import {
  aspectRatio,
  CLIPS,
  duration,
  durations,
  firstFrame,
  lastFrame,
  negativePrompt,
  PICTURES,
  referenceAudios,
  referenceImages,
  referenceVideos,
  resolution,
  SOUNDS,
  takes,
  watermark,
  withAudio,
} from './media.ts';
import { mediaModel } from './media-model.ts';
import { price } from './price.ts';
import { DERIVED, LISTS, rewrite, SEED } from './qwen-media.ts';
import { choice, file, files, flag, oneOf, prompt, words } from './schema.ts';

const RATIOS = ['16:9', '9:16', '1:1', '4:3', '3:4'];

/** Dollars a second by resolution. */
function perSecond(costs: Record<string, string>, source: Source): ShippedPrice[] {
  return Object.entries(costs).map(([size, usd]) =>
    price('second', usd, source, { when: { resolution: size } }),
  );
}

interface VideoRow {
  id: string;
  name: string;
  summary: string;
  fields: Parameters<typeof mediaModel>[0]['fields'];
  required?: string[];
  rules?: Record<string, unknown>;
  accepts: ShippedModel['accepts'];
  costs: Record<string, string>;
  source: Source;
  examples: ShippedModel['examples'];
}

function video(row: VideoRow): ShippedModel {
  return mediaModel({
    id: `qwen/${row.id}`,
    kind: 'video',
    name: row.name,
    summary: row.summary,
    fields: row.fields,
    ...(row.required === undefined ? {} : { required: row.required }),
    ...(row.rules === undefined ? {} : { rules: row.rules }),
    accepts: row.accepts,
    examples: row.examples,
    prices: perSecond(row.costs, row.source),
    typical: {
      label: '5 seconds, 720P',
      units: { second: 5 },
      params: { resolution: '720P', duration: 5 },
    },
  });
}

const THREE = { '480P': '0.05', '720P': '0.10', '1080P': '0.15' };
const TWO = { '720P': '0.10', '1080P': '0.15' };
const rewritten = { prompt_extend: rewrite(), watermark: watermark(), seed: SEED };

export const qwenVideo: ShippedModel[] = [
  video({
    id: 'wan3.0-video',
    name: 'Wan 3.0',
    summary: 'One model for words, frames and references; up to thirty seconds with sound.',
    fields: {
      prompt: prompt(20_000, 'What happens in the clip. Speak of references as "Image 1" or "Video 1".'),
      first_frame: firstFrame(),
      last_frame: lastFrame(),
      reference_images: referenceImages(10),
      reference_videos: referenceVideos(5),
      reference_audios: referenceAudios(5),
      document: file('Document', 'A document of up to 50 pages that the clip tells of.', 'document', {
        advanced: true,
      }),
      link: words('Link', 'A page that the clip tells of, instead of a document.', 2000, {
        group: 'input',
        advanced: true,
      }),
      aspect_ratio: aspectRatio(['adaptive', ...RATIOS], 'adaptive'),
      resolution: resolution(['480P', '720P', '1080P'], '720P'),
      duration: duration(2, 30, 5),
      auto_duration: flag(
        'Length by the model',
        'Lets the model choose the length. The longest is held, and what comes is charged.',
        false,
        { group: 'output', advanced: true },
      ),
      audio: withAudio(true),
      watermark: watermark(),
      seed: SEED,
    },
    accepts: takes([...PICTURES, ...CLIPS, ...SOUNDS, 'application/pdf'], 20, 100, WAN_TOGETHER),
    costs: { '480P': '0.05', '720P': '0.10', '1080P': '0.20' },
    source: DERIVED,
    examples: videoExamples,
  }),
  video({
    id: 'wan2.7-t2v',
    name: 'Wan 2.7 text to video',
    summary: 'From words to a clip with sound.',
    fields: {
      prompt: prompt(5000, 'What happens in the clip.'),
      negative_prompt: negativePrompt(500),
      reference_audio: file('Voice or music', 'Sound that the clip follows.', 'audio', { advanced: true }),
      aspect_ratio: aspectRatio(RATIOS, '16:9'),
      resolution: resolution(['720P', '1080P'], '720P'),
      duration: duration(2, 15, 5),
      ...rewritten,
    },
    accepts: takes(SOUNDS, 1, 15, WAN),
    costs: TWO,
    source: LISTS,
    examples: videoExamples,
  }),
  video({
    id: 'wan2.7-i2v',
    name: 'Wan 2.7 image to video',
    summary: 'Brings a picture to life, or goes on from a clip.',
    fields: {
      prompt: prompt(5000, 'What happens in the clip.'),
      negative_prompt: negativePrompt(500),
      first_frame: firstFrame(),
      last_frame: lastFrame(),
      reference_audio: file('Voice or music', 'Sound that the clip follows.', 'audio', { advanced: true }),
      video: file('Clip', 'A clip of two to ten seconds to go on from, instead of a first frame.', 'video', {
        advanced: true,
      }),
      resolution: resolution(['720P', '1080P'], '720P'),
      duration: duration(2, 15, 5),
      ...rewritten,
    },
    rules: oneOf('first_frame', 'video'),
    accepts: takes([...PICTURES, ...CLIPS, ...SOUNDS], 4, 100, WAN),
    costs: TWO,
    source: LISTS,
    examples: movingExamples,
  }),
  video({
    id: 'wan2.7-r2v',
    name: 'Wan 2.7 references to video',
    summary: 'Puts the people and things of your pictures and clips into a new one.',
    fields: {
      prompt: prompt(5000, 'What happens in the clip.'),
      negative_prompt: negativePrompt(500),
      first_frame: firstFrame(),
      reference_images: referenceImages(5),
      reference_videos: referenceVideos(3),
      reference_voices: files(
        'Voices',
        'How the references speak: the first voice belongs to the first reference, pictures before clips.',
        'audio',
        5,
        { advanced: true },
      ),
      aspect_ratio: aspectRatio(RATIOS, '16:9'),
      resolution: resolution(['720P', '1080P'], '720P'),
      duration: duration(2, 10, 5),
      ...rewritten,
    },
    rules: oneOf('reference_images', 'reference_videos'),
    accepts: takes([...PICTURES, ...CLIPS, ...SOUNDS], 14, 100, WAN),
    costs: TWO,
    source: LISTS,
    examples: movingExamples,
  }),
  video({
    id: 'wan2.7-videoedit',
    name: 'Wan 2.7 video edit',
    summary: 'Changes a clip by words. The seconds sent in are charged as well as those that come out.',
    fields: {
      prompt: prompt(5000, 'What should change in the clip.'),
      negative_prompt: negativePrompt(500),
      video: file('Clip', 'The clip to change, two to ten seconds.', 'video'),
      reference_images: referenceImages(3),
      audio_setting: choice(
        'Sound',
        'Keep the sound of the clip, or let the model decide.',
        ['auto', 'origin'],
        'auto',
        {
          group: 'output',
          advanced: true,
        },
      ),
      resolution: resolution(['720P', '1080P'], '720P'),
      duration: duration(2, 10, 5),
      auto_duration: flag('As long as the clip', 'Changes the whole clip, however long it is.', false, {
        group: 'output',
        advanced: true,
      }),
      ...rewritten,
    },
    required: ['prompt', 'video'],
    accepts: takes([...PICTURES, ...CLIPS], 4, 100, WAN),
    costs: TWO,
    source: LISTS,
    examples: [
      'Make it night, with lamps in the windows.',
      'Turn the coat red and keep everything else.',
      'Draw the whole clip in ink.',
    ],
  }),
  video({
    id: 'wan2.5-t2v-preview',
    name: 'Wan 2.5 text to video',
    summary: 'Five or ten seconds with sound; 480P at half the price of 720P.',
    fields: {
      prompt: prompt(1500, 'What happens in the clip.'),
      negative_prompt: negativePrompt(500),
      aspect_ratio: aspectRatio(['16:9', '9:16', '1:1'], '16:9'),
      resolution: resolution(['480P', '720P', '1080P'], '720P'),
      duration: durations([5, 10], 5),
      reference_audio: file('Voice or music', 'Sound that the clip follows.', 'audio', { advanced: true }),
      audio: withAudio(true),
      ...rewritten,
    },
    accepts: takes(SOUNDS, 1, 15, WAN),
    costs: THREE,
    source: LISTS,
    examples: videoExamples,
  }),
  video({
    id: 'wan2.5-i2v-preview',
    name: 'Wan 2.5 image to video',
    summary: 'Brings a picture to life for five or ten seconds.',
    fields: {
      prompt: prompt(1500, 'What happens in the clip.'),
      negative_prompt: negativePrompt(500),
      first_frame: firstFrame(),
      resolution: resolution(['480P', '720P', '1080P'], '720P'),
      duration: durations([5, 10], 5),
      reference_audio: file('Voice or music', 'Sound that the clip follows.', 'audio', { advanced: true }),
      audio: withAudio(true),
      ...rewritten,
    },
    required: ['prompt', 'first_frame'],
    accepts: takes([...PICTURES, ...SOUNDS], 2, 15, WAN_EARLIER),
    costs: THREE,
    source: LISTS,
    examples: movingExamples,
  }),
];
