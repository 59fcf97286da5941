/** The common dialect of text calls: the fields of OpenAI's chat completions that the catalogue's schema lets through. */
export interface TextParams {
  messages: TextMessage[];
  max_completion_tokens?: number;
  temperature?: number;
  top_p?: number;
  stop?: string | string[];
  seed?: number;
  reasoning_effort?: string;
  verbosity?: string;
  tools?: {
    type: 'function';
    function: { name: string; description?: string; parameters?: unknown; strict?: boolean };
  }[];
  tool_choice?: unknown;
  parallel_tool_calls?: boolean;
  response_format?: { type: string; json_schema?: { name: string; schema: unknown; strict?: boolean } };
  [other: string]: unknown;
}

export interface TextMessage {
  role: 'system' | 'developer' | 'user' | 'assistant' | 'tool';
  content: string | null | TextPart[];
  tool_calls?: { id: string; type: 'function'; function: { name: string; arguments: string } }[];
  tool_call_id?: string;
  name?: string;
  /** What the provider wants back unread; adapters send it on to the model that made it, and to no other. */
  reasoning_details?: ReasoningDetail[];
  /** Reasoning in words, for the few hosts that want that back. */
  reasoning_content?: string | null;
}

/** One piece of sealed reasoning: never shown, kept with the answer, handed back with the next turn. */
export interface ReasoningDetail {
  type: 'reasoning.text' | 'reasoning.summary' | 'reasoning.encrypted';
  /** Whose it is, such as `anthropic-claude-v1`. */
  format: string;
  /** The provider's name of the model that made it. */
  model: string;
  /** Place among the blocks of the answer. */
  index: number;
  /** The provider's id of the item, or the id of the tool call that it belongs to. */
  id?: string;
  text?: string;
  signature?: string;
  summary?: string;
  data?: string;
}

export type TextPart =
  | { type: 'text'; text: string }
  | { type: 'image_url'; image_url: { url: string; detail?: string } }
  | { type: 'input_audio'; input_audio: { data: string; format: string } }
  | { type: 'file'; file: { file_id?: string; filename?: string; file_data?: string } };
