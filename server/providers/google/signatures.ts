import { sealedFor } from '../sealed-reasoning.ts';
import type { ReasoningDetail, TextMessage } from '../text-params.ts';

const FORMAT = 'google-gemini-v1';

/** The signature of a part, kept under the id of the call that it stands on; without an id, it stood on words. */
export function signatureDetail(
  model: string,
  index: number,
  data: string,
  callId: string | undefined,
): ReasoningDetail {
  return { type: 'reasoning.encrypted', format: FORMAT, model, index, data, ...(callId && { id: callId }) };
}

export function signaturesOfCalls(message: TextMessage, model: string): Map<string, string> {
  const known = new Map<string, string>();
  // Google's own compatible format has it on the call.
  for (const call of message.tool_calls ?? []) {
    const { extra_content } = call as { extra_content?: { google?: { thought_signature?: unknown } } };
    const given = extra_content?.google?.thought_signature;
    if (typeof given === 'string') known.set(call.id, given);
  }
  for (const { id, data } of sealedFor(message, FORMAT, model))
    if (id !== undefined && data !== undefined) known.set(id, data);
  return known;
}

/** The last signature on words: recommended back, not demanded. */
export function signatureOfText(message: TextMessage, model: string): string | undefined {
  return sealedFor(message, FORMAT, model).findLast(({ id }) => id == null)?.data;
}
