import { z } from 'zod';

/** What `POST /v1/messages` takes: Anthropic's versions 2023-06-01 and 2026-10-21, without what runs at Anthropic itself. */

const CacheControl = z
  .object({ type: z.literal('ephemeral'), ttl: z.enum(['5m', '1h']).optional() })
  .nullish();

const Text = z.strictObject({
  type: z.literal('text'),
  text: z.string(),
  cache_control: CacheControl,
  citations: z.array(z.unknown()).nullish(),
});

const Image = z.strictObject({
  type: z.literal('image'),
  source: z.discriminatedUnion('type', [
    z.strictObject({
      type: z.literal('base64'),
      media_type: z.enum(['image/jpeg', 'image/png', 'image/gif', 'image/webp']),
      data: z.string().min(1),
    }),
    z.strictObject({ type: z.literal('url'), url: z.string().startsWith('https://') }),
  ]),
  cache_control: CacheControl,
});

const Document = z.strictObject({
  type: z.literal('document'),
  source: z.discriminatedUnion('type', [
    z.strictObject({
      type: z.literal('base64'),
      media_type: z.literal('application/pdf'),
      data: z.string().min(1),
    }),
    z.strictObject({ type: z.literal('text'), media_type: z.literal('text/plain'), data: z.string() }),
    z.strictObject({ type: z.literal('content'), content: z.union([z.string(), z.array(Text)]) }),
  ]),
  title: z.string().max(500).nullish(),
  context: z.string().nullish(),
  citations: z.strictObject({ enabled: z.literal(false).optional() }).nullish(),
  cache_control: CacheControl,
});

const ToolUse = z.strictObject({
  type: z.literal('tool_use'),
  id: z.string().min(1).max(256),
  name: z.string().min(1).max(128),
  input: z.record(z.string(), z.unknown()),
  caller: z.unknown().optional(),
  toolset_name: z.null().optional(),
  cache_control: CacheControl,
});

const ToolResult = z.strictObject({
  type: z.literal('tool_result'),
  tool_use_id: z.string().min(1),
  content: z.union([z.string(), z.array(z.discriminatedUnion('type', [Text, Image, Document]))]).nullish(),
  is_error: z.boolean().nullish(),
  cache_control: CacheControl,
});

const Thinking = z.strictObject({ type: z.literal('thinking'), thinking: z.string(), signature: z.string() });
const Redacted = z.strictObject({ type: z.literal('redacted_thinking'), data: z.string() });

const Block = z.discriminatedUnion('type', [Text, Image, Document, ToolUse, ToolResult, Thinking, Redacted]);

const Tool = z.strictObject({
  type: z.literal('custom').nullish(),
  name: z.string().regex(/^[a-zA-Z0-9_-]{1,64}$/),
  description: z.string().optional(),
  input_schema: z.looseObject({ type: z.literal('object') }),
  strict: z.boolean().nullish(),
  cache_control: CacheControl,
  eager_input_streaming: z.boolean().nullish(),
  input_examples: z.array(z.unknown()).nullish(),
  defer_loading: z.literal(false).nullish(),
});

const alone = { disable_parallel_tool_use: z.boolean().optional() };

const Words = z.union([z.string(), z.array(Text)]);

/** The fields that say what is asked, without those that say how it is answered. */
const Asked = {
  model: z.string().min(1),
  messages: z
    .array(
      z.strictObject({
        role: z.enum(['user', 'assistant', 'system']),
        content: z.union([z.string(), z.array(Block).min(1)]),
      }),
    )
    .min(1)
    .max(100_000),
  system: Words.nullish(),
  tools: z.array(Tool).max(128).nullish(),
  tool_choice: z
    .discriminatedUnion('type', [
      z.strictObject({ type: z.literal('auto'), ...alone }),
      z.strictObject({ type: z.literal('any'), ...alone }),
      z.strictObject({ type: z.literal('tool'), name: z.string(), ...alone }),
      z.strictObject({ type: z.literal('none') }),
    ])
    .nullish(),
  thinking: z
    .discriminatedUnion('type', [
      z.strictObject({
        type: z.literal('enabled'),
        budget_tokens: z.int().min(1024),
        display: z.enum(['summarized', 'omitted']).nullish(),
      }),
      z.strictObject({
        type: z.literal('adaptive'),
        display: z.enum(['summarized', 'omitted']).nullish(),
      }),
      z.strictObject({ type: z.literal('disabled') }),
      z.strictObject({ type: z.literal('between_tools') }),
    ])
    .nullish(),
  output_config: z
    .strictObject({
      effort: z.enum(['low', 'medium', 'high', 'xhigh', 'max']).nullish(),
      format: z
        .strictObject({ type: z.literal('json_schema'), schema: z.record(z.string(), z.unknown()) })
        .nullish(),
    })
    .nullish(),
  cache_control: CacheControl,
};

export const MessagesRequest = z.strictObject({
  ...Asked,
  max_tokens: z.int().min(1),
  stream: z.boolean().nullish(),
  stop_sequences: z.array(z.string().min(1)).nullish(),
  temperature: z.number().min(0).max(1).nullish(),
  top_p: z.number().min(0).max(1).nullish(),
  top_k: z.int().min(1).nullish(),
  metadata: z.strictObject({ user_id: z.string().max(256).nullish() }).nullish(),
  service_tier: z.enum(['auto', 'standard_only']).nullish(),
  speed: z.literal('standard').nullish(),
  inference_geo: z.string().nullish(),
  /** Upkeep of a conversation at Anthropic: hints, which no answer depends on. */
  context_management: z.unknown().optional(),
  diagnostics: z.unknown().optional(),
  container: z.null().optional(),
  /** Ours, as in `/v1/chat/completions`. */
  mluen: z.unknown().optional(),
});
export type MessagesRequest = z.output<typeof MessagesRequest>;

export const CountRequest = z.strictObject(Asked);
export type AskedMessages = z.output<typeof CountRequest>;
export type MessageBlock = z.output<typeof Block>;
