import type { SealedAnswer } from '#server/generations/record.ts';
import { addFragment } from '#server/providers/tool-calls.ts';
import type { FrameFilter } from './frames.ts';

interface Delta {
  choices?: {
    delta?: {
      content?: string | null;
      refusal?: string | null;
      tool_calls?: { index: number; id?: string; function?: { name?: string; arguments?: string } }[];
    };
    finish_reason?: string | null;
  }[];
  usage?: unknown;
  error?: { message?: string };
}

/** What the frames of a stream said in all: the answer, its usage, and whether it came to its end. */
export function readFrames(filter: FrameFilter): {
  answer: SealedAnswer;
  usage: unknown;
  finished: boolean;
  error: string | null;
} {
  let text = '';
  let usage: unknown = null;
  let finished = filter.done();
  let error: string | null = null;
  const toolCalls: NonNullable<SealedAnswer['toolCalls']> = [];
  for (const data of filter.data()) {
    const frame = frameOf(data);
    if (frame === null) continue;
    const choice = frame.choices?.[0];
    text += choice?.delta?.content ?? choice?.delta?.refusal ?? '';
    for (const { index, id, function: called } of choice?.delta?.tool_calls ?? [])
      addFragment(toolCalls, { index, id, ...called });
    finished ||= choice?.finish_reason != null;
    usage ??= frame.usage;
    error ??= frame.error?.message ?? null;
  }
  return {
    answer: { text, reasoning: null, ...(toolCalls.length > 0 ? { toolCalls } : {}) },
    usage,
    finished,
    error,
  };
}

/** A frame that is no JSON was passed on as it is; it tells us nothing. */
function frameOf(data: string): Delta | null {
  try {
    return JSON.parse(data) as Delta;
  } catch {
    return null;
  }
}
