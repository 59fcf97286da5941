import { pathToFileURL } from 'node:url';
import { type Exchange, sendJson, type World } from '../kit/exchange.ts';
import { newWorld, runAlone, type Simulator, type SimulatorOptions, startSimulator } from '../simulator.ts';
import { describeModel, describeVoice, speechModels, voices } from './catalogue.ts';
import { isolate } from './isolation.ts';
import { makeMusic, makeSound } from './music.ts';
import { isAdmitted, refuse, refused } from './refusals.ts';
import { speak } from './speech.ts';
import {
  newTranscripts,
  serveTranscript,
  type Transcripts,
  transcribe,
  type Workspace,
} from './transcripts.ts';

/** ElevenLabs' API: speech, dialogue, sound effects, music, transcription. Any key that begins with `sk_` is good. */
export function startElevenLabs(options: SimulatorOptions = {}): Promise<Simulator> {
  const world = newWorld();
  const workspace: Workspace = { webhook: null };
  const transcripts = newTranscripts(world, workspace);
  const deleted = new Set<string>();
  return startSimulator(
    {
      id: 'elevenlabs',
      malformed: (exchange, why) => sendJson(exchange, 422, { detail: why }),
      handle: (exchange) => route(exchange, world, transcripts, deleted),
      control: {
        'POST /_control/webhook-endpoint': (body) => {
          workspace.webhook = body as Workspace['webhook'];
          return workspace.webhook;
        },
      },
    },
    options,
    world,
  );
}

async function route(
  exchange: Exchange,
  world: World,
  transcripts: Transcripts,
  deleted: Set<string>,
): Promise<void> {
  if (!isAdmitted(exchange)) return;
  const { method, path } = exchange;
  const [, , product, id = ''] = path.split('/');
  if (method === 'POST' && product === 'text-to-speech' && id !== '') await speak(exchange, world, id);
  else if (method === 'POST' && product === 'text-to-dialogue') await speak(exchange, world, null);
  else if (method === 'POST' && path === '/v1/sound-generation') await makeSound(exchange, world);
  else if (method === 'POST' && product === 'music' && ['', 'stream', 'detailed', 'plan'].includes(id))
    await makeMusic(exchange, world, id);
  else if (method === 'POST' && path === '/v1/audio-isolation') await isolate(exchange, world);
  else if (method === 'POST' && path === '/v1/speech-to-text') await transcribe(exchange, world, transcripts);
  else if (path.startsWith('/v1/speech-to-text/transcripts/'))
    serveTranscript(exchange, transcripts, deleted, path.split('/')[4] ?? '');
  else if (method === 'GET') read(exchange, world);
  else refuse(exchange, refused(404, 'not_found', 'Not Found'));
}

function read(exchange: Exchange, world: World): void {
  const { path } = exchange;
  const voice = /^\/v1\/voices\/(\w+)$/.exec(path)?.[1];
  const listed = Object.keys(voices).map(describeVoice);
  if (path === '/v2/voices')
    sendJson(exchange, 200, {
      voices: listed,
      has_more: false,
      total_count: listed.length,
      next_page_token: null,
    });
  else if (path === '/v1/voices') sendJson(exchange, 200, { voices: listed });
  else if (voice !== undefined && voices[voice] !== undefined) sendJson(exchange, 200, describeVoice(voice));
  else if (voice !== undefined)
    refuse(exchange, refused(400, 'voice_not_found', `A voice with voice_id ${voice} was not found.`));
  else if (path === '/v1/models') sendJson(exchange, 200, Object.keys(speechModels).map(describeModel));
  else if (path === '/v1/user/subscription') sendJson(exchange, 200, subscription(world));
  else refuse(exchange, refused(404, 'not_found', 'Not Found'));
}

function subscription({ tally }: World): unknown {
  const { totals } = tally.show();
  const used = Object.entries(totals).reduce(
    (sum, [unit, amount]) => sum + (unit.endsWith('/credit') ? amount : 0),
    0,
  );
  return {
    tier: 'scale',
    character_count: used,
    character_limit: 2_000_000,
    max_character_limit_extension: null,
    max_credit_limit_extension: 'unlimited',
    can_extend_character_limit: true,
    allowed_to_extend_character_limit: true,
    next_character_count_reset_unix: 1_800_000_000,
    voice_slots_used: 0,
    professional_voice_slots_used: 0,
    professional_voice_slots_used_in_workspace: 0,
    voice_limit: 660,
    voice_add_edit_counter: 0,
    professional_voice_limit: 3,
    can_extend_voice_limit: false,
    can_use_instant_voice_cloning: true,
    can_use_professional_voice_cloning: true,
    status: 'active',
    open_invoices: [],
    has_open_invoices: false,
    current_overage: { amount: '0', currency: 'usd' },
  };
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) await runAlone(startElevenLabs);
