import { createHmac } from 'node:crypto';
import type { Config } from '#server/config.ts';
import { ChannelRefused } from './channel.ts';
import type { StripeSettings } from './channels/stripe/stripe.ts';

/**
 * The real Stripe when its key is set, else the simulator. Throws `ChannelRefused` when there is neither: cards are
 * never half-open.
 */
export function stripeSettings(
  config: Pick<Config, 'STRIPE_SECRET_KEY' | 'STRIPE_WEBHOOK_SECRET' | 'secrets'>,
  simulatorUrl: string | undefined,
): StripeSettings {
  if (config.STRIPE_SECRET_KEY !== undefined)
    return {
      secretKey: config.STRIPE_SECRET_KEY,
      webhookSecrets: (config.STRIPE_WEBHOOK_SECRET ?? '').split(','),
    };
  if (simulatorUrl === undefined)
    throw new ChannelRefused('STRIPE_SECRET_KEY is missing, and no simulator runs');
  const secret = createHmac('sha256', config.secrets.app)
    .update('webhooks of the simulated Stripe')
    .digest('hex');
  return { secretKey: 'sk_test_sandbox', webhookSecrets: [`whsec_${secret}`], apiUrl: simulatorUrl };
}

/** Tells the simulator where its notices go and how they are signed, as one does on Stripe's dashboard. */
export async function registerWithSimulator(settings: StripeSettings, publicUrl: string): Promise<void> {
  if (settings.apiUrl === undefined) return;
  const reply = await fetch(`${settings.apiUrl}/_control/webhook-endpoint`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ url: `${publicUrl}/webhooks/stripe`, secret: settings.webhookSecrets[0] }),
    signal: AbortSignal.timeout(5_000),
  });
  if (!reply.ok) throw new Error(`the simulated Stripe took no webhook endpoint: ${reply.status}`);
}
