import {
  type Exchange,
  loseAnswer,
  misbehavesAtOnce,
  sendBytes,
  sendJson,
  type World,
} from '../kit/exchange.ts';
import { formOf } from '../kit/form.ts';
import { secondsOf } from '../kit/sound.ts';
import { isolationFields } from './fields.ts';
import { encode } from './format.ts';
import { failureBody, invalid, refuse, refused } from './refusals.ts';

const SHORTEST_SECONDS = 0.1;
let answers = 0;

/** `POST /v1/audio-isolation`: the voice of a recording, without what is around it. Charged by its length. */
export async function isolate(exchange: Exchange, world: World): Promise<void> {
  const form = await formOf(exchange);
  const file = form?.files.find(({ field }) => field === 'audio');
  const faults = [
    ...Object.keys(form?.fields ?? {})
      .filter((name) => !isolationFields.includes(name))
      .map((name) => invalid(name, 'Extra inputs are not permitted', 'extra_forbidden')),
    ...(file === undefined ? [invalid('audio', 'Field required', 'missing')] : []),
  ];
  if (file === undefined || faults.length > 0) {
    sendJson(exchange, 422, { detail: faults });
    return;
  }
  const fault = world.faults.take({ path: exchange.path, model: 'audio-isolation', prompt: file.name });
  if (await misbehavesAtOnce(exchange, fault, failureBody)) return;
  const seconds = secondsOf(file.bytes);
  if (seconds < SHORTEST_SECONDS || fault.fail || fault.refuse) {
    refuse(exchange, refused(400, 'invalid_audio', 'The audio could not be read.'));
    return;
  }
  answers += 1;
  const id = `isolation${answers}`;
  const units = { input_second: Math.ceil(seconds) * (fault.usageFactor ?? 1) };
  world.tally.add({ id, model: 'audio-isolation', units, accepted: true, charged: true }, world.clock.now());
  if (fault.lost) {
    loseAnswer(exchange);
    return;
  }
  const { bytes, type } = encode('a voice', seconds, 'mp3_44100_128');
  sendBytes(exchange, type, bytes, { 'request-id': id });
}
