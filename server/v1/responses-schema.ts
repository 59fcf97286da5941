import { z } from 'zod';

/** What `POST /v1/responses` takes: what one call can say by itself. Nothing is kept here that a later call could name. */

const AnyObject = z.record(z.string(), z.unknown());
const Status = { id: z.string().nullish(), status: z.string().nullish() };

const InputText = z.strictObject({ type: z.literal('input_text'), text: z.string() });
const InputImage = z.strictObject({
  type: z.literal('input_image'),
  image_url: z.string(),
  detail: z.enum(['auto', 'low', 'high', 'original']).nullish(),
});
const InputFile = z.strictObject({
  type: z.literal('input_file'),
  filename: z.string().max(255).nullish(),
  file_data: z.string(),
});

const Part = z.discriminatedUnion('type', [
  InputText,
  InputImage,
  InputFile,
  z.strictObject({
    type: z.literal('input_audio'),
    input_audio: z.strictObject({ data: z.string().min(1), format: z.enum(['wav', 'mp3']) }),
  }),
  z.object({
    type: z.literal('output_text'),
    text: z.string(),
    annotations: z.array(z.unknown()).nullish(),
    logprobs: z.array(z.unknown()).nullish(),
  }),
  z.strictObject({ type: z.literal('refusal'), refusal: z.string() }),
]);
export type ResponsesPart = z.output<typeof Part>;

/** Items of an answer come back with what clients added to them: such fields are passed over. */
const Message = z.object({
  type: z.literal('message').optional(),
  role: z.enum(['user', 'assistant', 'system', 'developer']),
  content: z.union([z.string(), z.array(Part)]),
  phase: z.string().nullish(),
  ...Status,
});
const FunctionCall = z.object({
  type: z.literal('function_call'),
  call_id: z.string().min(1),
  name: z.string().min(1),
  arguments: z.string(),
  ...Status,
});
const FunctionResult = z.strictObject({
  type: z.literal('function_call_output'),
  call_id: z.string().min(1),
  output: z.union([z.string(), z.array(z.discriminatedUnion('type', [InputText, InputImage, InputFile]))]),
  ...Status,
});
const Reasoning = z.object({
  type: z.literal('reasoning'),
  summary: z.array(z.strictObject({ type: z.literal('summary_text'), text: z.string() })),
  content: z.array(z.unknown()).nullish(),
  encrypted_content: z.string().nullish(),
  ...Status,
});
const Item = z.union([Message, FunctionCall, FunctionResult, Reasoning]);
export type ResponsesItem = z.output<typeof Item>;

const Tool = z.strictObject({
  type: z.literal('function'),
  name: z.string().min(1),
  description: z.string().nullish(),
  parameters: AnyObject.nullish(),
  strict: z.boolean().nullish(),
});

const Format = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('text') }),
  z.strictObject({ type: z.literal('json_object') }),
  z.strictObject({
    type: z.literal('json_schema'),
    name: z.string(),
    schema: AnyObject,
    description: z.string().nullish(),
    strict: z.boolean().nullish(),
  }),
]);

const Named = z.strictObject({ type: z.literal('function'), name: z.string() });

export const ResponsesRequest = z.strictObject({
  model: z.string().min(1),
  input: z.union([z.string(), z.array(Item).min(1)]),
  instructions: z.string().nullish(),
  max_output_tokens: z.int().min(1).nullish(),
  reasoning: z
    .strictObject({
      effort: z.enum(['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max']).nullish(),
      summary: z.enum(['auto', 'concise', 'detailed']).nullish(),
    })
    .nullish(),
  text: z
    .strictObject({ format: Format.nullish(), verbosity: z.enum(['low', 'medium', 'high']).nullish() })
    .nullish(),
  tools: z.array(Tool).max(128).nullish(),
  tool_choice: z
    .union([
      z.enum(['none', 'auto', 'required']),
      Named,
      z.strictObject({
        type: z.literal('allowed_tools'),
        mode: z.enum(['auto', 'required']),
        tools: z.array(Named).min(1),
      }),
    ])
    .nullish(),
  parallel_tool_calls: z.boolean().nullish(),
  temperature: z.number().min(0).max(2).nullish(),
  top_p: z.number().min(0).max(1).nullish(),
  top_logprobs: z.literal(0).nullish(),
  store: z
    .literal(false, 'Nothing is kept here: send false, and the whole conversation with each call.')
    .nullish(),
  background: z.literal(false, 'Calls are answered at once: leave it out.').nullish(),
  include: z.array(z.literal('reasoning.encrypted_content')).nullish(),
  metadata: z.record(z.string(), z.string()).nullish(),
  prompt_cache_key: z.string().nullish(),
  prompt_cache_retention: z.string().nullish(),
  truncation: z.enum(['auto', 'disabled']).nullish(),
  service_tier: z.enum(['auto', 'default'], 'Only the default service tier is offered.').nullish(),
  safety_identifier: z.string().nullish(),
  user: z.string().nullish(),
  stream: z.boolean().nullish(),
  stream_options: z.strictObject({ include_obfuscation: z.boolean().nullish() }).nullish(),
  previous_response_id: z.null('Nothing is kept here: send the whole conversation as `input`.').optional(),
  conversation: z.null('Nothing is kept here: send the whole conversation as `input`.').optional(),
  /** Ours, as in `/v1/chat/completions`. */
  mluen: z.unknown().optional(),
});
export type ResponsesRequest = z.output<typeof ResponsesRequest>;
