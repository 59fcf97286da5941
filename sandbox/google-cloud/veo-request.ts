export const veoModels: Readonly<Record<string, { resolutions: readonly string[] }>> = {
  'veo-3.1-generate-001': { resolutions: ['720p', '1080p', '4k'] },
  'veo-3.1-fast-generate-001': { resolutions: ['720p', '1080p', '4k'] },
};

export interface VeoWork {
  prompt: string;
  samples: number;
  seconds: number;
  width: number;
  height: number;
  hasSound: boolean;
  /** Where in the caller's bucket the films go; absent: into the answer. */
  folder: string | undefined;
}

const heights: Record<string, number> = { '720p': 720, '1080p': 1080, '4k': 2160 };
export const parameterNames =
  `sampleCount durationSeconds aspectRatio resolution generateAudio seed negativePrompt personGeneration
  storageUri compressionQuality resizeMode pubsubTopic enhancePrompt fps`.split(/\s+/);
export const instanceNames = ['prompt', 'image', 'lastFrame', 'video', 'referenceImages', 'mask'];

/** A request as work, or the sentence with which it is refused. */
export function veoWork(body: Record<string, unknown>, model: string): VeoWork | string {
  const instances = body.instances as Record<string, unknown>[] | undefined;
  const [instance, ...others] = instances ?? [];
  if (instance === undefined || others.length > 0) return 'Exactly one instance is expected.';
  const parameters = (body.parameters ?? {}) as Record<string, unknown>;
  const strange =
    Object.keys(parameters).find((name) => !parameterNames.includes(name)) ??
    Object.keys(instance).find((name) => !instanceNames.includes(name));
  if (strange !== undefined) return `Unknown field: ${strange}`;
  const { prompt } = instance;
  if (typeof prompt !== 'string' || prompt === '') return 'Text prompt is required.';
  const {
    sampleCount = 1,
    durationSeconds = 8,
    aspectRatio = '16:9',
    resolution = '720p',
    personGeneration,
    seed,
    resizeMode,
    compressionQuality,
    storageUri,
  } = parameters;
  if (!Number.isInteger(sampleCount) || Number(sampleCount) < 1 || Number(sampleCount) > 4)
    return 'sampleCount must be between 1 and 4.';
  if (![4, 6, 8].includes(durationSeconds as number))
    return 'Unsupported durationSeconds: supported values are 4, 6 and 8.';
  if (aspectRatio !== '16:9' && aspectRatio !== '9:16') return `Unsupported aspect ratio: ${aspectRatio}.`;
  if (!veoModels[model]?.resolutions.includes(String(resolution)))
    return `Unsupported resolution: ${resolution}.`;
  if (resolution !== '720p' && durationSeconds !== 8)
    return `Resolution ${resolution} needs a duration of 8 seconds.`;
  if (storageUri !== undefined && !/^gs:\/\/./.test(String(storageUri)))
    return 'storageUri must be a gs:// address.';
  if (
    personGeneration !== undefined &&
    !['dont_allow', 'allow_adult', 'allow_all'].includes(String(personGeneration))
  )
    return 'Unsupported personGeneration.';
  if (resizeMode !== undefined && !['PAD', 'CROP'].includes(String(resizeMode)))
    return 'Unsupported resizeMode.';
  if (compressionQuality !== undefined && !['OPTIMIZED', 'LOSSLESS'].includes(String(compressionQuality)))
    return 'Unsupported compressionQuality.';
  if (
    seed !== undefined &&
    !(Number.isInteger(seed) && (seed as number) >= 0 && (seed as number) <= 4_294_967_295)
  )
    return 'seed is out of range.';
  const fault = instanceFault(instance, Number(durationSeconds));
  if (fault !== undefined) return fault;
  const short = heights[String(resolution)] ?? 720;
  const long = Math.round((short * 16) / 9);
  const size = aspectRatio === '16:9' ? { width: long, height: short } : { width: short, height: long };
  return {
    prompt,
    samples: Number(sampleCount),
    seconds: Number(durationSeconds),
    ...size,
    hasSound: parameters.generateAudio !== false,
    folder: storageUri === undefined ? undefined : String(storageUri),
  };
}

/** What is wrong with the pictures and clips of an instance. */
function instanceFault(instance: Record<string, unknown>, seconds: number): string | undefined {
  const references = (instance.referenceImages ?? []) as { image?: unknown; referenceType?: unknown }[];
  if (instance.video !== undefined && seconds !== 8) return 'Video extension needs a duration of 8 seconds.';
  if (references.length > 0 && seconds !== 8) return 'Reference images need a duration of 8 seconds.';
  if (references.length > 0 && (instance.image ?? instance.lastFrame ?? instance.video) !== undefined)
    return 'Image, video and lastFrame are not supported together with referenceImages.';
  if (references.length > 3) return 'There can be at most 3 reference images.';
  // Google's client writes it in capitals.
  if (references.some(({ referenceType }) => String(referenceType).toLowerCase() !== 'asset'))
    return 'Unsupported referenceType: supported is asset.';
  const images = [
    instance.video,
    instance.image,
    instance.lastFrame,
    ...references.map(({ image }) => image),
  ];
  for (const image of images) {
    if (image === undefined) continue;
    const { bytesBase64Encoded, gcsUri, mimeType } = image as Record<string, unknown>;
    if (
      typeof mimeType !== 'string' ||
      (typeof bytesBase64Encoded === 'string') === (typeof gcsUri === 'string')
    )
      return 'Input media must have exactly one of bytesBase64Encoded and gcsUri, and a mimeType.';
  }
  return undefined;
}
