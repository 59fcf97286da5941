import type { Ending } from '#contract/generations.ts';

/** Why a generation ended otherwise than asked, in words for the person: what happened, and what to do. Every ending here costs nothing, except where `charged` says so. */
const sentences: Record<Ending['why'], (provider: string) => string> = {
  rejected_content: (provider) =>
    `${provider} declined this under its own safety rules. Reword it, or try a model with other rules.`,
  bad_input: (provider) =>
    `${provider} could not accept this request as it is. Change the parameters and try again.`,
  rate_limited: (provider) =>
    `${provider} is taking no more requests at the moment. Try again in a minute, or use another model.`,
  overloaded: (provider) =>
    `${provider} is overloaded or could not be reached. Try again in a minute, or use another model.`,
  auth: (provider) =>
    `Our access to ${provider} has a problem. Our staff have been told; use another model meanwhile.`,
  timeout: (provider) => `${provider} did not answer in time. Try again, or use another model.`,
  unknown: (provider) =>
    `${provider} could not finish this. Try again, or use another model with the same prompt.`,
  cancelled: () => 'You stopped this.',
  interrupted: () => 'Our service was interrupted while this ran. Run it again.',
  cut: (provider) => `${provider} broke off in the middle of the answer. What arrived is kept. Try again.`,
  undelivered: (provider) =>
    `${provider} made this, but the result could not be fetched or kept, though we tried for long. Run it again.`,
};

/** The ending as the contract has it. The money sentence follows from what was charged. */
export function endingOf(why: Ending['why'] | null, provider: string, chargedMicro: bigint): Ending | null {
  if (why === null) return null;
  const money = chargedMicro === 0n ? ' You were not charged.' : ' You paid for what was written.';
  return { why, message: sentences[why](provider) + money };
}

/** While nobody knows whether the provider did the work. */
export function unknownMessage(provider: string): string {
  return `We lost contact with ${provider} and do not yet know whether this was made. The sum stays held while we check.`;
}
