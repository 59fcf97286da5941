/** Models and voices of the simulated account. */
interface SpeechModel {
  name: string;
  maxCharacters: number;
  /** Credits a character. */
  multiplier: number;
}

export const speechModels: Readonly<Record<string, SpeechModel>> = {
  eleven_v4: { name: 'Eleven v4', maxCharacters: 10_000, multiplier: 0.8 },
  eleven_v4_turbo: { name: 'Eleven v4 Turbo', maxCharacters: 10_000, multiplier: 0.4 },
  // The header of this model was seen at a quarter of the characters: never settle on the length of the text.
  eleven_v3: { name: 'Eleven v3', maxCharacters: 5000, multiplier: 0.25 },
  eleven_multilingual_v2: { name: 'Eleven Multilingual v2', maxCharacters: 10_000, multiplier: 1 },
  eleven_flash_v2_5: { name: 'Eleven Flash v2.5', maxCharacters: 40_000, multiplier: 0.5 },
  eleven_flash_v2: { name: 'Eleven Flash v2', maxCharacters: 30_000, multiplier: 0.5 },
  eleven_turbo_v2_5: { name: 'Eleven Turbo v2.5', maxCharacters: 40_000, multiplier: 0.5 },
  eleven_turbo_v2: { name: 'Eleven Turbo v2', maxCharacters: 30_000, multiplier: 0.5 },
};

export const voices: Readonly<Record<string, string>> = {
  JBFqnCBsd6RMkjVDRZzb: 'George',
  '21m00Tcm4TlvDq8ikWAM': 'Rachel',
  EXAVITQu4vr4xnSDxMaL: 'Sarah',
  TX3LPaxmHKxFdv7VOQHJ: 'Liam',
  pNInz6obpgDQGcFmaJgB: 'Adam',
  XB0fDUnXU5powFXDhCwa: 'Charlotte',
  onwK4e9ZLuTAKqWW03F9: 'Daniel',
  pFZP5JQG7iQjIQuC4Bku: 'Lily',
};

export function describeVoice(id: string): unknown {
  return {
    voice_id: id,
    name: voices[id],
    category: 'premade',
    labels: { accent: 'american', language: 'en' },
    description: null,
    preview_url: null,
    available_for_tiers: [],
    high_quality_base_model_ids: [],
    samples: null,
    fine_tuning: null,
    sharing: null,
    safety_control: null,
    voice_verification: null,
    permission_on_resource: null,
    is_owner: false,
    is_legacy: false,
    is_mixed: false,
    created_at_unix: null,
    settings: null,
    verified_languages: [],
  };
}

export function describeModel(id: string): unknown {
  const model = speechModels[id]!;
  return {
    model_id: id,
    name: model.name,
    can_be_finetuned: false,
    can_do_text_to_speech: true,
    can_do_voice_conversion: false,
    can_use_style: true,
    can_use_speaker_boost: true,
    serves_pro_voices: false,
    token_cost_factor: model.multiplier,
    description: model.name,
    requires_alpha_access: false,
    max_characters_request_free_user: model.maxCharacters,
    max_characters_request_subscribed_user: model.maxCharacters,
    maximum_text_length_per_request: model.maxCharacters,
    languages: [{ language_id: 'en', name: 'English' }],
    model_rates: { character_cost_multiplier: model.multiplier, cost_discount_multiplier: 1 },
    concurrency_group: id.includes('flash') || id.includes('turbo') ? 'turbo' : 'standard',
  };
}
