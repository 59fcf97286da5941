import { ProblemError } from '#server/http/problem.ts';
import { ChannelFault } from './channel.ts';

/** For a person who waits: a processor that cannot be asked is a problem that says so. */
export async function asked<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof ChannelFault)) throw error;
    throw new ProblemError('provider-fault', {
      detail: 'The payment processor does not answer. Nothing was charged by this; try again in a minute.',
    });
  }
}
