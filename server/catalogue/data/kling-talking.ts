import type { ShippedModel, Source } from '#server/catalogue/shipped.ts';
import { movingExamples, soundExamples, speechExamples } from './examples.ts';
import { dollars, PAGE, PICTURES } from './kling-video.ts';
import { CLIPS, SOUNDS, speed, takes, watermark } from './media.ts';
import { mediaModel } from './media-model.ts';
import { price } from './price.ts';
import { choice, decimal, file, flag, prompt, shaped, whole, words } from './schema.ts';
import { NO_FILES } from './text.ts';

/** What Kling makes speak, and the sound that it makes for a clip. Ids of theirs for sounds and clips stay with the account. */

const sound = (description: string) => file('Sound', description, 'audio');
const volume = (title: string, description: string) =>
  decimal(title, description, { min: 0, max: 2, fallback: 1 }, { group: 'output', advanced: true });
const moment = (title: string, description: string, max: number) =>
  decimal(title, description, { min: 0, max }, { group: 'input', advanced: true, unit: 's' });

/** Voices that its documentation has shown; others are named by their id. */
const VOICES = [
  'genshin_vindi2',
  'zhinen_xuesheng',
  'oversea_male1',
  'commercial_lady_en_f-v1',
  'reader_en_m-v1',
];
const SPEECH: Source = { ...PAGE, basis: 'derived' };

export const klingTalking: ShippedModel[] = [
  mediaModel({
    id: 'kling/kling-avatar',
    upstream: 'avatar',
    kind: 'video',
    name: 'Kling Avatar',
    summary: 'Makes the person of a picture say what a recording says.',
    fields: {
      first_frame: file('Person', 'The picture of who should speak.', 'image'),
      sound_file: sound('What is said or sung, 2 to 300 seconds; the clip is as long as it.'),
      prompt: prompt(2500, 'How the person moves and looks.'),
      mode: choice('Quality', '`pro` is finer.', ['std', 'pro'], 'std', {
        group: 'output',
        labels: { std: 'Standard', pro: 'Pro' },
      }),
      watermark: watermark(),
    },
    required: ['first_frame', 'sound_file'],
    accepts: takes([...PICTURES, ...SOUNDS], 2, 10),
    examples: movingExamples,
    prices: [
      price('second', dollars(4), PAGE, { when: { mode: 'std' } }),
      price('second', dollars(8), PAGE, { when: { mode: 'pro' } }),
    ],
    typical: { label: '10 seconds', units: { second: 10 }, params: { mode: 'std' } },
  }),
  mediaModel({
    id: 'kling/kling-lip-sync',
    upstream: 'lip-sync',
    kind: 'video',
    name: 'Kling lip-sync',
    summary: 'Moves the lips of a face in a clip to a recording.',
    fields: {
      video: file('Clip', 'The clip with the face.', 'video'),
      sound_file: sound('What is said, 2 to 60 seconds.'),
      face: whole(
        'Face',
        'Which of the faces that are found, counted from the first.',
        { min: 1, max: 10, fallback: 1 },
        { group: 'input', advanced: true, widget: 'number' },
      ),
      sound_start: moment('Begin of the sound', 'From which second of the sound on.', 60),
      sound_end: moment('End of the sound', 'Up to which second of the sound; else all of it.', 60),
      sound_insert: moment('Place in the clip', 'At which second of the clip it begins.', 60),
      sound_volume: volume('Loudness of the sound', '1 is as recorded.'),
      original_audio_volume: volume('Loudness of the clip', '1 is as it was, 0 silent.'),
      watermark: watermark(),
    },
    required: ['video', 'sound_file'],
    accepts: takes([...CLIPS, ...SOUNDS], 2, 100),
    examples: movingExamples,
    // Half a unit for five seconds, and a twentieth for finding the face.
    prices: [price('second', dollars(1), PAGE), price('request', '0.007', PAGE)],
    typical: { label: '10 seconds', units: { request: 1, second: 10 }, params: {} },
  }),
  mediaModel({
    id: 'kling/kling-video-to-audio',
    upstream: 'video-to-audio',
    kind: 'sound',
    name: 'Kling video to audio',
    summary: 'Makes the sounds and the music that a silent clip lacks.',
    fields: {
      video: file('Clip', 'The clip, 3 to 20 seconds.', 'video'),
      prompt: prompt(200, 'What is heard; without words the clip decides.'),
      bgm_prompt: words('Music', 'What music plays behind.', 200, { group: 'input' }),
      asmr_mode: flag('Close to the ear', 'Brings small sounds forward.', false, {
        group: 'style',
        advanced: true,
      }),
    },
    required: ['video'],
    accepts: takes(CLIPS, 1, 100),
    examples: soundExamples,
    prices: [price('request', '0.035', PAGE)],
    typical: { label: '1 clip', units: { request: 1 }, params: {} },
  }),
  mediaModel({
    id: 'kling/kling-tts',
    upstream: 'tts',
    kind: 'speech',
    name: 'Kling speech',
    summary: 'Speech in Chinese and English for less than a cent a text.',
    fields: {
      prompt: prompt(1000, 'What the voice says.'),
      voice: shaped(
        'Voice',
        'Who speaks: one of the voices shown, or the id of another.',
        { type: 'string', pattern: '^[A-Za-z0-9_-]{3,64}$', default: VOICES[0] },
        {
          group: 'style',
          widget: 'select',
          advanced: false,
          presets: VOICES.map((value) => ({ label: value.replaceAll('_', ' '), value })),
        },
      ),
      voice_language: choice('Language', 'The language of the voice.', ['en', 'zh'], 'en', {
        group: 'style',
        labels: { en: 'English', zh: 'Chinese' },
      }),
      speed: speed(0.8, 2),
    },
    accepts: NO_FILES,
    examples: speechExamples,
    prices: [price('request', '0.007', SPEECH)],
    typical: { label: '1 text', units: { request: 1 }, params: {} },
  }),
];
