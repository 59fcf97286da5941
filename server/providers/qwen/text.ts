import { chatAdapter } from '../chat-completions/chat-completions.ts';
import { dataUrl } from '../dialect.ts';
import type { TextMessage, TextPart } from '../text-params.ts';
import { qwenFault } from './faults.ts';

type Body = Record<string, unknown>;

export const qwenText = chatAdapter({
  path: '/compatible-mode/v1/chat/completions',
  fault: qwenFault,
  // The thoughts of earlier turns go back only where the caller keeps them.
  reasoningBack: ({ preserve_thinking }) => (preserve_thinking === true ? 'words' : undefined),
  adapt(body: Body): Body {
    const { max_completion_tokens, messages, n: _, parallel_tool_calls, ...rest } = body;
    return {
      ...rest,
      messages: (messages as TextMessage[]).map(messageOf),
      ...(max_completion_tokens === undefined ? {} : { max_tokens: max_completion_tokens }),
      // Off by itself there, on in the format that callers know.
      ...(rest.tools === undefined ? {} : { parallel_tool_calls: parallel_tool_calls ?? true }),
    };
  },
});

function messageOf(message: TextMessage): Body {
  const role = message.role === 'developer' ? 'system' : message.role;
  const { content } = message;
  return { ...message, role, content: Array.isArray(content) ? content.map(partOf) : content };
}

/** Clips are a part of their own, and sound goes as a data address. */
function partOf(part: TextPart): Body {
  if (part.type === 'input_audio') {
    const { data, format } = part.input_audio;
    return { type: 'input_audio', input_audio: { data: `data:;base64,${data}`, format } };
  }
  const url = part.type === 'file' ? (part.file.file_data ?? '') : '';
  return dataUrl(url)?.mediaType.startsWith('video/')
    ? { type: 'video_url', video_url: { url } }
    : { ...part };
}
