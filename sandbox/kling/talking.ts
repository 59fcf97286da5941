import { randomInt } from 'node:crypto';
import { secondsOf } from '../kit/sound.ts';
import { bad, type Refused } from './envelope.ts';
import { faceFields } from './fields.ts';
import { clipAt, imageRefusal } from './inputs.ts';
import type { KlingWork } from './work.ts';

/** Pictures and clips that speak: avatars, lips that follow a sound, and sound that follows a clip. */

export type Made = { model: string; work: KlingWork } | Refused;

const UNHEARD_SECONDS = 5;
const MAX_SOUND_BYTES = 5 * 1024 * 1024;

/** Seconds of a sound, which counts as five when it is only an address; or why it is refused. */
function soundSeconds(sound: unknown, [shortest, longest]: [number, number]): number | Refused {
  if (typeof sound !== 'string' || sound === '') return bad('sound_file is invalid');
  if (/^https?:\/\//.test(sound)) return UNHEARD_SECONDS;
  if (sound.startsWith('data:')) return bad('sound_file base64 must not have a data prefix');
  const bytes = Buffer.from(sound, 'base64');
  if (bytes.length > MAX_SOUND_BYTES) return bad('sound_file must not exceed 5MB');
  const seconds = secondsOf(bytes);
  return seconds < shortest || seconds > longest
    ? bad(`sound_file duration must be between ${shortest}s and ${longest}s`)
    : seconds;
}

const job = (body: Record<string, unknown>) => ({
  standard: 'legacy' as const,
  externalId: String(body.external_task_id ?? ''),
  callbackUrl: (body.callback_url as string | undefined) ?? null,
});

/** A talking picture, as long as its sound. */
export async function avatarWork(body: Record<string, unknown>): Promise<Made> {
  const { sound_file: sound, audio_id: audioId, mode = 'std' } = body;
  const refusal = await imageRefusal(body.image);
  if (refusal !== null) return refusal;
  if ((sound === undefined) === (audioId === undefined))
    return bad('exactly one of audio_id and sound_file is required');
  if (!['std', 'pro'].includes(String(mode))) return bad('mode must be std or pro');
  const heard = sound === undefined ? UNHEARD_SECONDS : soundSeconds(sound, [2, 300]);
  if (typeof heard !== 'number') return heard;
  const seconds = Math.ceil(heard);
  return {
    model: 'avatar',
    work: {
      ...job(body),
      product: 'videos/avatar/image2video',
      kind: 'video',
      prompt: String(body.prompt ?? 'a talking picture'),
      width: 720,
      height: 720,
      seconds,
      count: 1,
      hasSound: true,
      units: Math.round(seconds * (mode === 'pro' ? 0.8 : 0.4) * 100) / 100,
    },
  };
}

/** Clips in which a face was found, by session. */
export type Sessions = Map<string, { faceId: string; seconds: number; width: number; height: number }>;

/** `identify-face` answers at once. */
export async function identifyFace(
  body: Record<string, unknown>,
  sessions: Sessions,
): Promise<Record<string, unknown> | Refused> {
  if ((body.video_id === undefined) === (body.video_url === undefined))
    return bad('exactly one of video_id and video_url is required');
  if (body.video_url === undefined) return bad('video_id is invalid');
  const clip = await clipAt(String(body.video_url), true);
  if ('code' in clip) return clip;
  const session = `session-${randomInt(10 ** 9)}`;
  const faceId = String(randomInt(10 ** 6));
  sessions.set(session, { faceId, seconds: clip.seconds, width: clip.width, height: clip.height });
  return {
    session_id: session,
    face_data: [
      { face_id: faceId, face_image: '', start_time: 0, end_time: Math.round(clip.seconds * 1000) },
    ],
  };
}

/** Half a unit for each five seconds begun. */
const LIP_SYNC_STEP_SECONDS = 5;

export function lipSyncWork(body: Record<string, unknown>, sessions: Sessions): Made {
  const found = sessions.get(String(body.session_id));
  if (found === undefined) return bad('session_id is invalid or has expired');
  const faces = body.face_choose as Record<string, unknown>[] | undefined;
  const [face, ...others] = faces ?? [];
  if (face === undefined || others.length > 0) return bad('face_choose must hold exactly one face');
  const strange = Object.keys(face).find((name) => !faceFields.includes(name));
  if (strange !== undefined) return bad(`face_choose.${strange} is not supported`);
  if (face.face_id !== found.faceId) return bad('face_choose.face_id is invalid');
  const heard = face.sound_file === undefined ? UNHEARD_SECONDS : soundSeconds(face.sound_file, [2, 60]);
  if (typeof heard !== 'number') return heard;
  for (const name of ['sound_volume', 'original_audio_volume']) {
    const value = face[name] ?? 1;
    if (typeof value !== 'number' || value < 0 || value > 2) return bad(`face_choose.${name} must be 0 to 2`);
  }
  const { sound_start_time: start = 0, sound_end_time: end = heard * 1000, sound_insert_time: at = 0 } = face;
  const isSpan = [start, end, at].every((time) => typeof time === 'number' && time >= 0);
  if (!isSpan || Number(end) - Number(start) < 2000 || Number(end) > Math.ceil(heard * 1000))
    return bad('face_choose: the part of the sound must be at least 2s and within it');
  const steps = Math.ceil(found.seconds / LIP_SYNC_STEP_SECONDS);
  return {
    model: 'lip-sync',
    work: {
      ...job(body),
      product: 'videos/advanced-lip-sync',
      kind: 'video',
      prompt: 'a face that speaks',
      width: found.width,
      height: found.height,
      seconds: steps * LIP_SYNC_STEP_SECONDS,
      count: 1,
      hasSound: true,
      units: steps * 0.5,
    },
  };
}

/** Sound for a clip. */
export async function clipSoundWork(body: Record<string, unknown>): Promise<Made> {
  const clip = await clipAt(body.video_url as string | undefined, true);
  if ('code' in clip) return clip;
  for (const name of ['sound_effect_prompt', 'bgm_prompt']) {
    if (String(body[name] ?? '').length > 200) return bad(`${name} must not exceed 200 characters`);
  }
  return {
    model: 'video-to-audio',
    work: {
      ...job(body),
      product: 'audio/video-to-audio',
      kind: 'audio',
      prompt: [body.sound_effect_prompt, body.bgm_prompt].filter(Boolean).join(' ') || 'the sound of a clip',
      width: 0,
      height: 0,
      seconds: clip.seconds,
      count: 1,
      units: 0.25,
    },
  };
}

const MAX_SPOKEN = 1000;

/** Speech answers at once, and has no id of the caller's. */
export function speechWork(body: Record<string, unknown>): Made {
  const { text, voice_id: voice, voice_language: language = 'zh', voice_speed: speed = 1 } = body;
  if (typeof text !== 'string' || text === '') return bad('text is required');
  if (text.length > MAX_SPOKEN) return bad(`text must not exceed ${MAX_SPOKEN} characters`);
  if (typeof voice !== 'string' || voice === '') return bad('voice_id is required');
  if (!['zh', 'en'].includes(String(language))) return bad('voice_language must be zh or en');
  if (typeof speed !== 'number' || speed < 0.8 || speed > 2) return bad('voice_speed must be 0.8 to 2.0');
  return {
    model: 'tts',
    work: {
      standard: 'legacy',
      product: 'audio/tts',
      kind: 'audio',
      prompt: text,
      width: 0,
      height: 0,
      seconds: Math.max(1, Math.round(text.length / 15)),
      count: 1,
      units: 0.05,
      externalId: '',
      callbackUrl: null,
    },
  };
}
