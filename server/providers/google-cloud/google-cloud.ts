import { packUnits, readAnswer, unitsOf, unpackUnits } from '../answers.ts';
import { googleFault } from '../google/faults.ts';
import { base64Of, defined, fileIn, filesIn, filesInOrFree, kindsOf, numberOf } from '../input-files.ts';
import {
  type Call,
  type Context,
  type InputFile,
  type Provider,
  ProviderFault,
  type Route,
  type Task,
  type TaskAdapter,
  type TaskState,
  type Units,
} from '../provider.ts';
import { accessToken, isToken, serviceAccountOf, TOKEN_PREFIX } from './token.ts';
import { Operation, Started } from './wire.ts';

const POLL_MS = 10_000;
/** A clip comes whole inside the JSON. */
const MAX_BYTES = 512 * 1024 * 1024;

/** Each clip that comes is charged by its seconds. */
const seconds = (call: Call, clips = numberOf(call.params.n, 1)): Units =>
  unitsOf({ second: numberOf(call.params.duration, 8) * clips });

/** Veo: a long-running operation. It can be neither cancelled nor found again. */
const veo: TaskAdapter = {
  kind: 'task',
  deadlineMs: 20 * 60_000,
  bound: (call) => seconds(call),
  submit,
  poll,
};

export const googleCloud: Provider = {
  id: 'google-cloud',
  terms: {
    name: 'Google Cloud',
    company: 'Google Cloud EMEA Limited or Google LLC',
    termsUrl: 'https://cloud.google.com/terms',
    privacyUrl: 'https://cloud.google.com/terms/cloud-privacy-notice',
    regions: ['US'],
    retention: 'Not kept, but for caches of up to 24 hours.',
    training: 'Not used for training without permission, by its terms.',
    readOn: '2026-11-24',
  },
  settings: {
    key: 'GOOGLE_CLOUD_SERVICE_ACCOUNT',
    baseUrl: 'GOOGLE_CLOUD_BASE_URL',
    defaultBaseUrl: 'https://us-central1-aiplatform.googleapis.com/v1',
    region: 'GOOGLE_CLOUD_REGION',
    extra: ['GOOGLE_CLOUD_LOCATION', 'GOOGLE_CLOUD_PROJECT'],
    keyPrefix: TOKEN_PREFIX,
  },
  resultHosts: ['oauth2.googleapis.com'],
  operations: { video: veo },
};

async function submit(call: Call, context: Context): Promise<TaskState> {
  const { route, send } = context;
  const answer = await send({
    method: 'POST',
    url: `${modelUrl(route, call.upstreamModel)}:predictLongRunning`,
    headers: await headersFor(context),
    body: JSON.stringify(bodyOf(call)),
    kinds: kindsOf(call),
  });
  const { name } = await readAnswer(answer, Started, googleFault);
  const task: Task = { id: name, model: call.upstreamModel, units: packUnits(seconds(call, 1)) };
  return { state: 'running', task, pollAfterMs: POLL_MS };
}

async function headersFor(context: Context): Promise<Record<string, string>> {
  return { authorization: `Bearer ${await accessToken(context)}`, 'content-type': 'application/json' };
}

function modelUrl({ baseUrl, key, extra }: Route, model: string): string {
  const location = extra?.GOOGLE_CLOUD_LOCATION || 'us-central1';
  const project = isToken(key) ? extra?.GOOGLE_CLOUD_PROJECT || '-' : serviceAccountOf(key).project_id;
  return `${baseUrl}/projects/${project}/locations/${location}/publishers/google/models/${model}`;
}

function bodyOf(call: Call): Record<string, unknown> {
  const { prompt, negative_prompt, aspect_ratio, resolution, duration, audio, person_generation, seed } =
    call.params;
  const { n, resize_mode, compression_quality } = call.params;
  const clip = fileIn(call, 'video');
  const first = fileIn(call, 'first_frame') ?? filesInOrFree(call, 'first_frame', 'image')[0];
  const last = fileIn(call, 'last_frame');
  const references = filesIn(call, 'reference_images');
  return {
    instances: [
      defined({
        prompt,
        image: first === undefined || references.length > 0 ? undefined : imageOf(first),
        // A clip that goes on is sent whole.
        video: clip === undefined ? undefined : imageOf(clip),
        lastFrame: last === undefined ? undefined : imageOf(last),
        referenceImages:
          references.length === 0
            ? undefined
            : references.map((file) => ({ image: imageOf(file), referenceType: 'asset' })),
      }),
    ],
    parameters: defined({
      sampleCount: numberOf(n, 1),
      durationSeconds: duration,
      aspectRatio: aspect_ratio,
      resolution,
      generateAudio: audio,
      negativePrompt: negative_prompt,
      personGeneration: person_generation,
      seed,
      // Of a picture whose ratio is another than that of the clip.
      resizeMode: first === undefined ? undefined : resize_mode,
      compressionQuality: compression_quality,
    }),
  };
}

const imageOf = (file: InputFile) => ({ bytesBase64Encoded: base64Of(file), mimeType: file.mediaType });

async function poll(task: Task, context: Context): Promise<TaskState> {
  const answer = await context.send({
    method: 'POST',
    url: `${modelUrl(context.route, String(task.model))}:fetchPredictOperation`,
    headers: await headersFor(context),
    body: JSON.stringify({ operationName: task.id }),
    kinds: ['none'],
    maxBytes: MAX_BYTES,
  });
  if (answer.status === 404)
    throw new ProviderFault('unknown', 'the provider does not know this job', { accepted: 'yes' });
  const operation = await readAnswer(answer, Operation, googleFault);
  return operation.done === true ? doneOf(operation, task) : { state: 'running', task, pollAfterMs: POLL_MS };
}

/** Clips that the filter took out are missing, and not charged. */
function doneOf({ error, response }: Operation, task: Task): TaskState {
  if (error != null)
    throw new ProviderFault(error.code === 3 ? 'bad_input' : 'unknown', `${error.code} ${error.message}`, {
      accepted: 'yes',
    });
  const artifacts = (response?.videos ?? []).flatMap(({ bytesBase64Encoded, mimeType }) =>
    bytesBase64Encoded == null
      ? []
      : [{ bytes: Buffer.from(bytesBase64Encoded, 'base64'), mediaType: mimeType ?? 'video/mp4' }],
  );
  if (artifacts.length === 0) {
    const filtered = (response?.raiMediaFilteredCount ?? 0) > 0;
    throw new ProviderFault(
      filtered ? 'rejected_content' : 'unknown',
      response?.raiMediaFilteredReasons?.join('; ') ?? 'done, but nothing came',
      { accepted: 'yes' },
    );
  }
  const each = unpackUnits(task.units)?.second;
  const usage = each === undefined ? null : { second: each * BigInt(artifacts.length) };
  return { state: 'done', artifacts, usage, upstreamId: task.id };
}
