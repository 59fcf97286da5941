import * as elevenlabs from '#sandbox/elevenlabs/fields.ts';
import { endpoints } from '#sandbox/fal/models.ts';
import { models as fluxModels } from '#sandbox/flux/models.ts';
import { omniFields, omniFormatFields } from '#sandbox/google/interactions.ts';
import { instanceNames, parameterNames } from '#sandbox/google-cloud/veo-request.ts';
import { contentTypes, faceFields, legacyFields, optionNames, settingNames } from '#sandbox/kling/fields.ts';
import { videoModels } from '#sandbox/kling/models.ts';
import * as qwen from '#sandbox/qwen/fields.ts';
import { officialModels } from '#sandbox/replicate/models.ts';
import * as seedance from '#sandbox/seedance/fields.ts';
import type { ShippedModel } from '#server/catalogue/shipped.ts';

/** What the simulators of media providers take, field by field on the wire, and which of it is not offered, with why. */
export interface Surface {
  provider: string;
  /** Names on the wire: dotted, lists of kinds as `contents[first_frame]`. */
  takes(model: ShippedModel): string[];
  /** What is not a person's to set, each with why. */
  not: Record<string, string>;
}

const ASYNC = 'how we wait for the answer';
const THEIRS = 'names things in the operator’s own account';
const FETCHED = 'another way to hand over what goes along as a file';
const UNPRICED = 'changes the price in a way that its page gives no number for';
const UNCLEAR = 'its form or its values are not on the page';
const STORED = 'keeps content at the provider';

const klingVideoFields = (model: string): string[] => {
  const [product = '', name = ''] = model.includes('/') ? model.split('/') : ['', model];
  const products = videoModels[name]!.products.filter((each) =>
    product === '' ? each !== 'motion-control' : each === product,
  );
  return [
    ...optionNames.map((option) => `options.${option}`),
    ...products.flatMap((each) => [
      ...(each === 'text-to-video' ? ['prompt'] : []),
      ...settingNames(each, name).map((setting) => `settings.${setting}`),
      ...contentTypes(each).map((type) => `contents[${type}]`),
    ]),
  ];
};

const klingProducts: Record<string, string> = {
  avatar: 'videos/avatar/image2video',
  'lip-sync': 'videos/advanced-lip-sync',
  'video-to-audio': 'audio/video-to-audio',
  'text-to-audio': 'audio/text-to-audio',
  tts: 'audio/tts',
  'kling-v3-omni': 'images/omni-image',
  'kling-image-o1': 'images/omni-image',
  'kling-v3': 'images/generations',
  'kling-v2-1': 'images/generations',
};

export const mediaSurfaces: Surface[] = [
  {
    provider: 'flux',
    takes: ({ upstream }) =>
      Object.keys(fluxModels[upstream]!.fields).map((name) => (name === 'keyframes' ? 'keyframes[]' : name)),
    not: {
      webhook_url: ASYNC,
      webhook_secret: ASYNC,
      draft_cache: 'belongs to a draft of before, whose bundle is not kept',
    },
  },
  {
    provider: 'kling',
    takes({ upstream }) {
      const product = klingProducts[upstream];
      if (product === undefined) return klingVideoFields(upstream);
      const fields = [...legacyFields[product]!];
      return product.endsWith('lip-sync')
        ? [
            ...fields.filter((name) => name !== 'face_choose'),
            ...faceFields.map((name) => `face_choose.${name}`),
          ]
        : fields;
    },
    not: {
      'options.callback_url': ASYNC,
      callback_url: ASYNC,
      'contents[element]': THEIRS,
      element_list: THEIRS,
      audio_id: THEIRS,
      'face_choose.audio_id': THEIRS,
      video_id: THEIRS,
    },
  },
  {
    provider: 'seedance',
    takes: ({ upstream, kind }) =>
      kind === 'image'
        ? seedance.imageFields(upstream).map((name) => `${name}${nested[name] ?? ''}`)
        : [
            ...seedance.videoFields(upstream).filter((name) => name !== 'content'),
            ...seedance.contentRoles(upstream).map((role) => `content[${role}]`),
          ],
    not: {
      callback_url: ASYNC,
      stream: ASYNC,
      service_tier: 'flex takes hours: our jobs end before',
      priority: UNCLEAR,
      frames: 'another way to say the length',
      draft: 'its price is not told, and what follows a draft needs it kept',
      'content[draft_task]': 'follows a draft, which is not offered',
      tools: UNPRICED,
      omni_reference_task_type: UNCLEAR,
      output_format: 'MOV holds the same clip, and browsers do not play it',
    },
  },
  {
    provider: 'qwen',
    takes: ({ upstream, kind }) =>
      kind === 'image' ? qwen.imageFields(upstream) : qwen.videoFields(upstream),
    not: { 'parameters.color_palette': UNCLEAR, 'parameters.bbox_list': UNCLEAR },
  },
  {
    provider: 'elevenlabs',
    takes({ kind, upstream }) {
      const settings = elevenlabs.voiceSettings
        .filter((name) => name !== 'speed' || !upstream.startsWith('eleven_v4'))
        .map((name) => `voice_settings.${name}`);
      const speech = elevenlabs.speechFields.filter(
        (name) =>
          name !== 'voice_settings' && !(upstream === 'eleven_v3' && /^(previous|next)_text/.test(name)),
      );
      if (upstream === 'text-to-dialogue')
        return [
          ...elevenlabs.dialogueFields.filter((name) => name !== 'inputs' && name !== 'settings'),
          'inputs[]',
          'settings.stability',
          '?output_format',
        ];
      if (upstream === 'audio-isolation') return elevenlabs.isolationFields;
      const fields = {
        speech: [...speech, ...settings, ...elevenlabs.queryFields.map((name) => `?${name}`)],
        sound: [...elevenlabs.soundFields, '?output_format'],
        music: [...elevenlabs.musicFields.map((name) => `${name}${nested[name] ?? ''}`), '?output_format'],
        transcription: elevenlabs.transcriptFields.filter(
          (name) => name !== 'no_verbatim' || upstream === 'scribe_v2',
        ),
      };
      return fields[kind as keyof typeof fields];
    },
    not: {
      pronunciation_dictionary_locators: THEIRS,
      previous_request_ids: THEIRS,
      next_request_ids: THEIRS,
      use_pvc_as_ivc: 'deprecated',
      hash_text: UNCLEAR,
      '?enable_logging': 'for enterprise accounts alone',
      '?optimize_streaming_latency': 'deprecated',
      store_for_inpainting: STORED,
      source_url: FETCHED,
      cloud_storage_url: FETCHED,
      webhook: ASYNC,
      webhook_id: ASYNC,
      webhook_metadata: ASYNC,
      file_format: 'raw samples, which nobody has at hand',
      preview_b64: 'shown in their own pages alone',
      use_multi_channel: 'each channel is charged, and how many there are is known to the file alone',
      entity_detection: 'costs more, and has no place in a transcript',
    },
  },
  {
    provider: 'google',
    takes: ({ kind }) =>
      kind === 'video'
        ? [
            ...omniFields.filter((name) => !['response_format', 'input', 'generation_config'].includes(name)),
            ...omniFormatFields.map((name) => `response_format.${name}`),
            ...['input[text]', 'input[image]', 'input[video]', 'generation_config.video_config.task'],
          ]
        : [],
    not: {
      webhook_config: ASYNC,
      stream: ASYNC,
      previous_interaction_id: STORED,
      agent: 'of other models',
      tools: 'of other models',
      system_instruction: 'of other models',
      response_modalities: 'of other models',
      service_tier: UNPRICED,
      labels: 'for the operator’s own bill',
    },
  },
  {
    provider: 'google-cloud',
    takes: () => [
      ...parameterNames.map((name) => `parameters.${name}`),
      ...instanceNames.map((name) => `instances.${name}${name === 'referenceImages' ? '[asset]' : ''}`),
    ],
    not: {
      'parameters.storageUri': 'a bucket of the operator’s',
      'parameters.pubsubTopic': ASYNC,
      'parameters.enhancePrompt': 'of the models before',
      'parameters.fps': UNCLEAR,
      'instances.mask': UNCLEAR,
    },
  },
  {
    provider: 'fal',
    takes: ({ upstream }) =>
      Object.keys(endpoints[upstream]!.model.fields).map((name) =>
        name === 'image_urls' ? 'image_urls[]' : `${name}${nested[name] ?? ''}`,
      ),
    not: {
      sync_mode: ASYNC,
      multi_prompt: 'shots are written into the prompt',
      shot_type: 'of shots one by one, which are written into the prompt',
      elements: THEIRS,
      timestamps: 'come in a form that is not described',
      enable_safety_checker: 'whether content is looked at is not a person’s to say',
    },
  },
  {
    provider: 'replicate',
    takes: ({ upstream }) => Object.keys(officialModels[upstream]!.fields).map((name) => `input.${name}`),
    not: {
      'input.multi_prompt': UNCLEAR,
      'input.disable_safety_checker': 'whether content is looked at is not a person’s to say',
      'input.subtitle_enable': 'captions come in a form of their own, which nothing shows',
    },
  },
];

/** Of fields that hold an object, the part that is told. */
const nested: Record<string, string> = {
  sequential_image_generation_options: '.max_images',
  optimize_prompt_options: '.mode',
  composition_plan: '.sections[]',
};
