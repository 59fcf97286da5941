import { readAnswer } from '../answers.ts';
import { kindsOf } from '../input-files.ts';
import { type Call, type Context, type Done, ProviderFault } from '../provider.ts';
import { googleFault, REFUSALS } from './faults.ts';
import { geminiUnits } from './usage.ts';
import { Content, type ReplyPart } from './wire.ts';

/** Calls `:generateContent` for pictures or speech, and takes what came inline. Thoughts hold drafts, which are not delivered. */
export async function generate(
  call: Call,
  { route, send }: Context,
  body: Record<string, unknown>,
  artifactOf: (data: Buffer, mediaType: string) => { bytes: Buffer; mediaType: string },
): Promise<Done> {
  const answer = await send({
    method: 'POST',
    url: `${route.baseUrl}/models/${call.upstreamModel}:generateContent`,
    headers: { 'x-goog-api-key': route.key, 'content-type': 'application/json' },
    body: JSON.stringify(body),
    kinds: kindsOf(call),
    idleMs: 5 * 60_000,
  });
  const { candidates, promptFeedback, usageMetadata, responseId } = await readAnswer(
    answer,
    Content,
    googleFault,
  );
  const usage = usageMetadata == null ? null : geminiUnits(usageMetadata);
  const parts = candidates?.[0]?.content?.parts ?? [];
  const artifacts = parts.filter(isResult).map(({ inlineData }) => {
    return artifactOf(Buffer.from(inlineData!.data, 'base64'), inlineData!.mimeType);
  });
  if (artifacts.length === 0) {
    const reason = promptFeedback?.blockReason ?? candidates?.[0]?.finishReason ?? 'nothing came';
    // A model that only talks has declined: no word of a finish reason says so.
    const refused = REFUSALS.has(reason) || reason === 'STOP' || reason === 'NO_IMAGE';
    throw new ProviderFault(refused ? 'rejected_content' : 'unknown', reason, {
      accepted: 'yes',
      usage: usage ?? undefined,
    });
  }
  return { state: 'done', artifacts, usage, upstreamId: responseId ?? undefined };
}

const isResult = (part: ReplyPart): boolean => part.inlineData != null && part.thought !== true;
