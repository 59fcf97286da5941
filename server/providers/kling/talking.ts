import { readAnswer, unitsOf } from '../answers.ts';
import { base64Of, defined, filesInOrFree, kindsOf, numberOf, publicUrlOf, textOf } from '../input-files.ts';
import {
  type Artifact,
  type Call,
  type Context,
  type InputFile,
  ProviderFault,
  type ReplyAdapter,
  type Units,
} from '../provider.ts';
import { failed, klingFault } from './faults.ts';
import { legacyOptions, type Order } from './order.ts';
import { Faces, Spoken } from './wire.ts';

/** Pictures and clips that speak, and sound for a clip. Sounds go as bare base64, clips by address. */

/** In the vendor's list of prices; path and fields were read at hosts that pass them on, not on its own page. */
const UNVERIFIED = { speech: '/v1/audio/tts', clipSound: '/v1/audio/video-to-audio' };

export const AVATAR = 'avatar';
export const LIP_SYNC = 'lip-sync';
export const CLIP_SOUND = 'video-to-audio';

const SHORTEST_SECONDS = 2;
const LONGEST_SOUND_SECONDS = 300;
const LONGEST_CLIP_SECONDS = 60;
/** Lips are charged in steps. */
const STEP_SECONDS = 5;

const soundOf = (call: Call): InputFile | undefined => filesInOrFree(call, 'sound_file', 'audio')[0];
const clipOf = (call: Call): InputFile | undefined => filesInOrFree(call, 'video', 'video')[0];

/** As long as its sound. */
export function avatarUnits(call: Call): Units {
  const seconds = soundOf(call)?.durationSeconds ?? LONGEST_SOUND_SECONDS;
  return unitsOf({ second: Math.max(SHORTEST_SECONDS, Math.ceil(seconds)) });
}

/** The face is found once; each five seconds begun of the clip are charged. */
export function lipSyncUnits(call: Call): Units {
  const seconds = clipOf(call)?.durationSeconds ?? LONGEST_CLIP_SECONDS;
  return unitsOf({ request: 1, second: Math.ceil(seconds / STEP_SECONDS) * STEP_SECONDS });
}

export function avatarOrder(call: Call): Order {
  const { prompt, mode } = call.params;
  const [picture] = filesInOrFree(call, 'first_frame', 'image');
  const sound = soundOf(call);
  return {
    path: '/v1/videos/avatar/image2video',
    body: defined({
      image: picture === undefined ? undefined : base64Of(picture),
      sound_file: sound === undefined ? undefined : base64Of(sound),
      prompt,
      mode,
      ...legacyOptions(call),
    }),
  };
}

/** Two steps: faces are found at once, and one of them is told what to say. */
export async function lipSyncOrder(call: Call, { route, send }: Context): Promise<Order> {
  const clip = clipOf(call);
  const sound = soundOf(call);
  if (clip === undefined || sound === undefined)
    throw new ProviderFault('bad_input', 'a clip and a sound are needed', { accepted: 'no' });
  const answer = await send({
    method: 'POST',
    url: `${route.baseUrl}/v1/videos/identify-face`,
    headers: { authorization: `Bearer ${route.key}`, 'content-type': 'application/json' },
    body: JSON.stringify({ video_url: publicUrlOf(clip) }),
    kinds: ['files'],
  });
  const { session_id, face_data } = (await readAnswer(answer, Faces, klingFault)).data;
  const { face = 1, ...params } = call.params;
  const chosen = face_data[numberOf(face, 1) - 1];
  if (chosen === undefined)
    throw new ProviderFault('bad_input', `${face_data.length} faces were found`, { accepted: 'no' });
  const ms = (seconds: unknown) => (typeof seconds === 'number' ? Math.round(seconds * 1000) : undefined);
  const length = ms(sound.durationSeconds ?? SHORTEST_SECONDS);
  return {
    path: '/v1/videos/advanced-lip-sync',
    body: {
      session_id,
      face_choose: [
        defined({
          face_id: chosen.face_id,
          sound_file: base64Of(sound),
          sound_start_time: ms(params.sound_start) ?? 0,
          sound_end_time: ms(params.sound_end) ?? length,
          sound_insert_time: ms(params.sound_insert) ?? 0,
          sound_volume: params.sound_volume,
          original_audio_volume: params.original_audio_volume,
        }),
      ],
      ...legacyOptions(call),
    },
  };
}

export function clipSoundOrder(call: Call): Order {
  const { prompt, bgm_prompt, asmr_mode } = call.params;
  const clip = clipOf(call);
  return {
    path: UNVERIFIED.clipSound,
    body: defined({
      video_url: clip === undefined ? undefined : publicUrlOf(clip),
      sound_effect_prompt: prompt,
      bgm_prompt,
      asmr_mode,
      ...legacyOptions(call),
    }),
  };
}

/** Speech answers at once. It takes no id of ours: a lost answer may have been charged. */
export const klingSpeech: ReplyAdapter = {
  kind: 'reply',
  bound: () => ({ request: 1n }),
  async run(call, { route, send }) {
    const { prompt, voice, voice_language, speed } = call.params;
    const answer = await send({
      method: 'POST',
      url: `${route.baseUrl}${UNVERIFIED.speech}`,
      headers: { authorization: `Bearer ${route.key}`, 'content-type': 'application/json' },
      body: JSON.stringify(
        defined({ text: textOf(prompt), voice_id: voice, voice_language, voice_speed: speed }),
      ),
      kinds: kindsOf(call),
    });
    const { task_id, task_status, task_status_msg, task_result } = (
      await readAnswer(answer, Spoken, klingFault)
    ).data;
    const artifacts = (task_result?.audios ?? []).flatMap(({ url, url_mp3 }): Artifact[] => {
      const address = url_mp3 ?? url;
      return address == null ? [] : [{ url: address }];
    });
    if (artifacts.length === 0) throw failed(task_status_msg ?? task_status);
    return { state: 'done', artifacts, usage: { request: 1n }, upstreamId: task_id };
  },
};
