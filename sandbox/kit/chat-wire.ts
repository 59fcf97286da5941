import { type ChatBody, type ChatHost, ChatReply, textOf } from './chat-reply.ts';
import { type Exchange, loseAnswer, misbehavesAtOnce, sendJson, type World } from './exchange.ts';
import { sendStream } from './stream.ts';

/** Answers a checked request, and counts it. */
export async function answerChat(
  exchange: Exchange,
  world: World,
  body: ChatBody,
  host: ChatHost,
): Promise<void> {
  const prompt = textOf(body.messages.findLast(({ role }) => role === 'user')?.content);
  const fault = world.faults.take({ path: exchange.path, model: body.model, prompt });
  if (await misbehavesAtOnce(exchange, fault, host.failureBody, body.stream)) return;
  const refusal = fault.refuse ? host.refuseContent?.() : undefined;
  if (refusal !== undefined) {
    sendJson(exchange, refusal.status, refusal.body);
    return;
  }
  if (fault.fail && body.stream !== true) {
    sendJson(exchange, 500, host.failureBody(500));
    return;
  }
  const reply = new ChatReply(body, host, fault, prompt, world.clock.now());
  if (fault.lost) {
    reply.count(world, reply.answer.outputTokens);
    loseAnswer(exchange);
  } else if (body.stream === true) {
    const frames = reply.frames();
    const { sent } = await sendStream(exchange, 'text/event-stream; charset=utf-8', frames.all, {
      fault,
      paceMs: host.paceMs,
    });
    reply.count(world, frames.producedBy(sent));
  } else {
    reply.count(world, reply.answer.outputTokens);
    sendJson(exchange, 200, reply.whole());
  }
}
