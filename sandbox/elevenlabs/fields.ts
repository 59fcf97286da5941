/** What ElevenLabs' paths take, as its description lists it. What stands here is looked at by the validators, too. */

export const speechFields = [
  ...['text', 'model_id', 'language_code', 'voice_settings', 'pronunciation_dictionary_locators', 'seed'],
  ...['previous_text', 'next_text', 'previous_request_ids', 'next_request_ids', 'use_pvc_as_ivc'],
  ...['apply_text_normalization', 'apply_language_text_normalization', 'hash_text'],
];

export const voiceSettings = ['stability', 'similarity_boost', 'style', 'use_speaker_boost', 'speed'];

export const dialogueFields = [
  ...['inputs', 'model_id', 'language_code', 'settings', 'pronunciation_dictionary_locators', 'seed'],
  'apply_text_normalization',
];

export const soundFields = ['text', 'duration_seconds', 'prompt_influence', 'loop', 'model_id'];

export const musicFields = [
  ...['prompt', 'composition_plan', 'lyrics_text', 'music_length_ms', 'model_id', 'generation_mode', 'seed'],
  ...['force_instrumental', 'respect_sections_durations', 'store_for_inpainting', 'sign_with_c2pa'],
];

export const transcriptFields = [
  ...['model_id', 'file', 'source_url', 'cloud_storage_url', 'language_code', 'tag_audio_events'],
  ...['num_speakers', 'timestamps_granularity', 'diarize', 'diarization_threshold', 'additional_formats'],
  ...['file_format', 'temperature', 'seed', 'use_multi_channel', 'entity_detection', 'keyterms'],
  ...['no_verbatim', 'webhook', 'webhook_id', 'webhook_metadata'],
];

export const isolationFields = ['audio', 'file_format', 'preview_b64'];

/** Beside a body, in the address. */
export const queryFields = ['output_format', 'enable_logging', 'optimize_streaming_latency'];
