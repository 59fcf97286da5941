import {
  type Exchange,
  loseAnswer,
  misbehavesAtOnce,
  sendBytes,
  sendJson,
  type World,
} from '../kit/exchange.ts';
import { seedOf, subjectOf } from '../kit/prose.ts';
import { sendStream } from '../kit/stream.ts';
import { musicFields, soundFields } from './fields.ts';
import { encode, formatOf } from './format.ts';
import { failureBody, type Invalid, invalid, refuse, refused } from './refusals.ts';
import { jsonOf } from './speech.ts';

let answers = 0;

function numberFault(body: Record<string, unknown>, name: string, low: number, high: number): Invalid[] {
  const value = body[name];
  if (value === undefined || value === null || (typeof value === 'number' && value >= low && value <= high))
    return [];
  return [invalid(name, `Input should be between ${low} and ${high}`, 'value_error')];
}

const unknownFaults = (body: Record<string, unknown>, known: readonly string[]): Invalid[] =>
  Object.keys(body)
    .filter((name) => !known.includes(name))
    .map((name) => invalid(name, 'Extra inputs are not permitted', 'extra_forbidden'));

/** `POST /v1/sound-generation`. */
export async function makeSound(exchange: Exchange, world: World): Promise<void> {
  const body = jsonOf(exchange);
  if (body === null) return;
  const faults = [
    ...unknownFaults(body, soundFields),
    ...(typeof body.text === 'string' ? [] : [invalid('text', 'Field required', 'missing')]),
    ...numberFault(body, 'duration_seconds', 0.5, 30),
    ...numberFault(body, 'prompt_influence', 0, 1),
  ];
  if (faults.length > 0) {
    sendJson(exchange, 422, { detail: faults });
    return;
  }
  const format = formatOf(exchange.query, false);
  const model = String(body.model_id ?? 'eleven_text_to_sound_v2');
  const text = String(body.text);
  if (model !== 'eleven_text_to_sound_v2' || format === null || text.trim() === '') {
    refuse(
      exchange,
      refused(
        400,
        format === null ? 'output_format_not_allowed' : 'unsupported_model',
        'The request cannot be served.',
      ),
    );
    return;
  }
  const fault = world.faults.take({ path: exchange.path, model, prompt: text });
  if (await misbehavesAtOnce(exchange, fault, failureBody)) return;
  if (fault.refuse || fault.fail) {
    refuse(
      exchange,
      fault.refuse
        ? refused(403, 'content_against_policy', 'This text violates our policies.')
        : refused(500, 'internal_server_error', 'Something went wrong.'),
    );
    return;
  }
  answers += 1;
  const seconds = typeof body.duration_seconds === 'number' ? body.duration_seconds : 2 + (seedOf(text) % 5);
  const credits =
    (typeof body.duration_seconds === 'number' ? Math.ceil(seconds * 20) : 100) * (fault.usageFactor ?? 1);
  const id = `sound${answers}`;
  world.tally.add(
    {
      id,
      model,
      units: { credit: credits, request: 1, second: seconds },
      accepted: true,
      charged: true,
      mark: fault.mark,
    },
    world.clock.now(),
  );
  if (fault.lost) {
    loseAnswer(exchange);
    return;
  }
  const { bytes, type } = encode(text, seconds, format);
  sendBytes(exchange, type, bytes, { 'character-cost': credits, 'request-id': id });
}

/** `POST /v1/music`, `/v1/music/stream`, `/v1/music/detailed` and `/v1/music/plan`. */
export async function makeMusic(exchange: Exchange, world: World, form: string): Promise<void> {
  const body = jsonOf(exchange);
  if (body === null) return;
  const faults = musicFaults(body);
  if (faults.length > 0) {
    sendJson(exchange, 422, { detail: faults });
    return;
  }
  const prompt = String(body.prompt ?? JSON.stringify(body.composition_plan));
  const model = String(body.model_id ?? 'music_v1');
  const format = formatOf(exchange.query, form === 'stream');
  if (format === null || !['music_v1', 'music_v2'].includes(model)) {
    refuse(
      exchange,
      refused(
        400,
        format === null ? 'output_format_not_allowed' : 'unsupported_model',
        'The request cannot be served.',
      ),
    );
    return;
  }
  const fault = world.faults.take({ path: exchange.path, model, prompt });
  if (await misbehavesAtOnce(exchange, fault, failureBody, form === 'stream')) return;
  if (fault.refuse) {
    refuse(
      exchange,
      refused(400, 'bad_prompt', 'The prompt names protected material.', {
        prompt_suggestion: 'A gentle song without names',
      }),
    );
    return;
  }
  if (fault.fail) {
    refuse(exchange, refused(500, 'internal_server_error', 'Something went wrong.'));
    return;
  }
  const plan = planFor(prompt, body);
  if (form === 'plan') {
    sendJson(exchange, 200, plan);
    return;
  }
  answers += 1;
  const seconds = plan.sections.reduce((sum, { duration_ms }) => sum + duration_ms, 0) / 1000;
  const id = `song${answers}`;
  world.tally.add(
    {
      id,
      model,
      units: { second: Math.ceil(seconds) * (fault.usageFactor ?? 1) },
      accepted: true,
      charged: true,
      mark: fault.mark,
    },
    world.clock.now(),
  );
  if (fault.lost) {
    loseAnswer(exchange);
    return;
  }
  const { bytes, type } = encode(prompt, seconds, format);
  if (form === 'stream') {
    const chunks: Buffer[] = [];
    for (let at = 0; at < bytes.length; at += 16_384) chunks.push(bytes.subarray(at, at + 16_384));
    await sendStream(exchange, type, chunks, { fault, paceMs: 5, headers: { 'song-id': id } });
  } else if (form === 'detailed') sendDetailed(exchange, plan, bytes, type, id);
  else sendBytes(exchange, type, bytes, { 'song-id': id });
}

function musicFaults(body: Record<string, unknown>): Invalid[] {
  const { prompt, composition_plan: plan } = body;
  const faults = [
    ...unknownFaults(body, musicFields),
    ...numberFault(body, 'music_length_ms', 3000, 600_000),
    ...numberFault(body, 'seed', 0, 2_147_483_647),
  ];
  const hasPrompt = prompt !== undefined && prompt !== null;
  const hasPlan = plan !== undefined && plan !== null;
  if (hasPrompt === hasPlan)
    faults.push(
      invalid('prompt', 'Value error, exactly one of prompt and composition_plan is required', 'value_error'),
    );
  if (hasPrompt && (typeof prompt !== 'string' || prompt.length > 4100))
    faults.push(invalid('prompt', 'String should have at most 4100 characters', 'string_too_long'));
  if (hasPlan && body.music_length_ms)
    faults.push(invalid('music_length_ms', 'Value error, only with prompt', 'value_error'));
  if (hasPlan && body.force_instrumental === true)
    faults.push(invalid('force_instrumental', 'Value error, only with prompt', 'value_error'));
  if (hasPlan) faults.push(...planFaults(plan as Partial<Plan>));
  const mode = body.generation_mode ?? 'track';
  if (!['track', 'loop', 'ambience', 'video_to_music'].includes(String(mode)))
    faults.push(invalid('generation_mode', 'Input should be a known mode', 'enum'));
  if (hasPrompt && typeof body.seed === 'number')
    faults.push(invalid('seed', 'Value error, cannot be used with prompt', 'value_error'));
  return faults;
}

interface Plan {
  positive_global_styles: string[];
  negative_global_styles: string[];
  sections: {
    section_name: string;
    positive_local_styles: string[];
    negative_local_styles: string[];
    duration_ms: number;
    lines: string[];
  }[];
}

function planFaults(plan: Partial<Plan>): Invalid[] {
  const isList = (value: unknown) => Array.isArray(value) && value.every((each) => typeof each === 'string');
  const isGood =
    isList(plan.positive_global_styles) &&
    isList(plan.negative_global_styles) &&
    Array.isArray(plan.sections) &&
    plan.sections.length > 0 &&
    plan.sections.every(
      ({
        section_name: name,
        duration_ms: ms,
        lines,
        positive_local_styles: more,
        negative_local_styles: less,
      }) =>
        typeof name === 'string' &&
        ms >= 3000 &&
        ms <= 120_000 &&
        isList(more) &&
        isList(less) &&
        isList(lines) &&
        lines.length <= 30 &&
        lines.every((line) => line.length <= 200),
    );
  return isGood ? [] : [invalid('composition_plan', 'Value error, not a composition plan', 'value_error')];
}

function planFor(prompt: string, body: Record<string, unknown>): Plan {
  const given = body.composition_plan as Plan | undefined;
  if (given?.sections !== undefined) return given;
  const total =
    typeof body.music_length_ms === 'number' ? body.music_length_ms : 10_000 + (seedOf(prompt) % 10) * 1000;
  const section = {
    section_name: 'Verse',
    positive_local_styles: ['warm'],
    negative_local_styles: [],
    duration_ms: total,
    lines: [],
  };
  return { positive_global_styles: [subjectOf(prompt)], negative_global_styles: [], sections: [section] };
}

function sendDetailed({ response }: Exchange, plan: Plan, bytes: Buffer, type: string, id: string): void {
  const boundary = `part${id}`;
  const json = JSON.stringify({
    composition_plan: plan,
    song_metadata: {
      title: 'Sandbox song',
      description: null,
      genres: [],
      languages: [],
      is_explicit: false,
    },
  });
  const body = Buffer.concat([
    Buffer.from(
      `--${boundary}\r\nContent-Type: application/json\r\n\r\n${json}\r\n--${boundary}\r\nContent-Type: ${type}\r\nContent-Disposition: attachment; filename="song.mp3"\r\n\r\n`,
    ),
    bytes,
    Buffer.from(`\r\n--${boundary}--\r\n`),
  ]);
  response.writeHead(200, {
    'content-type': `multipart/mixed; boundary=${boundary}`,
    'content-length': body.length,
    'song-id': id,
  });
  response.end(body);
}
