import { expect, test } from 'vitest';
import { stripeChannel } from './channels/stripe/stripe.ts';
import { stripeSettings } from './stripe-settings.ts';

const secrets = { masterKey: Buffer.alloc(32), app: 'a secret of the tests, thirty-two characters' };

test('a key means the real Stripe, without one it is the simulator, without both nothing opens', () => {
  const real = stripeSettings(
    { STRIPE_SECRET_KEY: 'sk_live_1', STRIPE_WEBHOOK_SECRET: 'whsec_1,whsec_2', secrets },
    'http://127.0.0.1:1',
  );
  expect(real).toEqual({ secretKey: 'sk_live_1', webhookSecrets: ['whsec_1', 'whsec_2'] });
  expect(stripeChannel(real).live).toBe(true);
  const simulated = stripeSettings({ secrets }, 'http://127.0.0.1:1');
  expect(simulated.apiUrl).toBe('http://127.0.0.1:1');
  expect(stripeChannel(simulated).live).toBe(false);
  expect(() => stripeSettings({ secrets }, undefined)).toThrow('STRIPE_SECRET_KEY');
});

test('a real key without a webhook secret, or with a blank one, keeps the channel shut', () => {
  for (const STRIPE_WEBHOOK_SECRET of [undefined, '', 'whsec_1,', 'whsec_1, whsec_2'])
    expect(() =>
      stripeChannel(
        stripeSettings({ STRIPE_SECRET_KEY: 'sk_live_1', STRIPE_WEBHOOK_SECRET, secrets }, undefined),
      ),
    ).toThrow('STRIPE_WEBHOOK_SECRET');
});
