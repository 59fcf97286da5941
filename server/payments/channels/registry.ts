import type { Channel } from '../channel.ts';
import { type StripeSettings, stripeChannel } from './stripe/stripe.ts';

export interface ChannelSettings {
  stripe: StripeSettings;
}

/** Every way to pay: one line each. Throws `ChannelRefused` when one must not be opened. */
export function openChannels(settings: ChannelSettings): Channel[] {
  return [stripeChannel(settings.stripe)];
}
