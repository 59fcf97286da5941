import type { Config } from '#server/config.ts';
import type { House } from '#server/house.ts';
import { openWallet } from '#server/ledger/ledger.ts';
import { endCredentials, isPasswordOf } from '#server/members/leaving.ts';
import type { Opening } from '#server/members/open-member.ts';
import { inventoryOfModules } from '#server/modules.ts';
import { openChannels } from '#server/payments/channels/registry.ts';
import type { StripeSettings } from '#server/payments/channels/stripe/stripe.ts';
import type { Payments } from '#server/payments/check.ts';
import { stripeSettings } from '#server/payments/stripe-settings.ts';
import { mailConfirmation } from '#server/privacy/marketing.ts';
import type { Privacy } from '#server/privacy/parts.ts';
import { publishedPolicies } from '#server/privacy/policy.ts';
import type { Operator } from '#server/privacy/policy-pages.ts';
import type { Support } from '#server/support/parts.ts';

/** What modules are given that both roles use: settings of this start, and doors of modules that may not import each other. */
export interface Given {
  opening: Opening;
  payments: Payments;
  stripe: StripeSettings;
  privacy: Privacy;
  support: Support;
  operator: Operator;
  /** Parts of the outside world that are simulated, in words. */
  sandboxed: string[];
}

export function givenTo(
  config: Config,
  house: House,
  publicUrl: string,
  simulators: Record<string, string>,
): Given {
  const { pools, log, vault, bodies, store, routing } = house.parts;
  const operator: Operator = {
    name: config.OPERATOR_NAME ?? 'The operator of this Mluen',
    address: config.OPERATOR_ADDRESS ?? null,
    contact: config.OPERATOR_CONTACT ?? null,
    representatives: [
      { place: 'European Union', who: config.OPERATOR_EU_REPRESENTATIVE },
      { place: 'United Kingdom', who: config.OPERATOR_UK_REPRESENTATIVE },
    ].flatMap(({ place, who }) => (who === undefined ? [] : [{ place, who }])),
  };
  const stripe = stripeSettings(config, simulators.stripe);
  const channels = openChannels({ stripe });
  const providersSandboxed = routing
    .health()
    .filter((route) => route.sandbox)
    .map((route) => routing.provider(route.provider).terms.name);
  const sandboxed = [
    ...providersSandboxed,
    ...(stripe.apiUrl === undefined ? [] : ['card payments (Stripe)']),
    ...(config.GOOGLE_CLIENT_ID === undefined ? ['Google sign-in'] : []),
    ...(config.SMTP_URL === undefined ? ['e-mail'] : []),
  ];
  const payments: Payments = { pools, channels, publicUrl, log, operator };
  const privacy: Privacy = {
    pools,
    log,
    inventory: inventoryOfModules(),
    policies: publishedPolicies,
    operator,
    publicUrl,
    graceDays: config.ERASURE_GRACE_DAYS,
    vault,
    kms: house.kms,
    bodies,
    store,
    members: {
      isPasswordOf: (memberId, password) => isPasswordOf(pools, memberId, password),
      endCredentials,
    },
  };
  return {
    opening: async (tx, memberId) => {
      await vault.createKey(tx, memberId);
      await openWallet(tx, memberId);
      await mailConfirmation(tx, { publicUrl, secret: config.secrets.app }, memberId);
    },
    stripe,
    payments,
    privacy,
    support: {
      pools,
      log,
      vault,
      store,
      publicUrl,
      secret: config.secrets.app,
      operatorContact: operator.contact,
      privacy,
      payments,
    },
    operator,
    sandboxed: config.mode === 'sandbox' ? sandboxed : [],
  };
}
