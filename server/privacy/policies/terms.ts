import type { PolicyVersion } from './version.ts';

/** The terms of service, newest first. */
export const termsVersions: readonly PolicyVersion[] = [
  {
    version: '1',
    lastUpdated: '2026-06-29',
    material: true,
    sections: [
      {
        id: '1',
        title: 'What Mluen is',
        paragraphs: [
          {
            clause: 'T1.1',
            text: 'Mluen gives you one account and one prepaid wallet for models of many providers. You pick a model, see the price, and pay for what you use.',
          },
          {
            clause: 'T1.2',
            text: 'You may open an account if you are old enough in your country (the sign-up asks) and give a true e-mail address. One person, one account. Keep your password and your API keys to yourself: what is done with them counts as done by you until you tell us.',
          },
        ],
      },
      {
        id: '2',
        title: 'Money',
        paragraphs: [
          {
            clause: 'T2.1',
            text: 'You add money before you use it. It does not expire. Promotional credit is spent first, may expire, and is not paid out.',
          },
          {
            clause: 'T2.2',
            text: 'Before a generation starts you see the most that it can cost. That sum is held. You are charged what was really used, never more than was held, and the rest is free again at once.',
          },
          {
            clause: 'T2.3',
            text: 'A generation that fails, is refused by the provider, or never arrives is not charged. One that you stop is charged for what was delivered or what the provider counts.',
          },
          {
            clause: 'T2.4',
            text: 'Money in your wallet that you have not used can be paid back to the way it came by; ask us on the contact page.',
          },
        ],
      },
      {
        id: '3',
        title: 'Fair use',
        paragraphs: [
          {
            clause: 'T3.1',
            text: 'Do not use Mluen to break the law, to harm or deceive people, to sexualise children, to make weapons, to attack computers, or to send spam. The rules of the provider whose model you use apply too.',
          },
          {
            clause: 'T3.2',
            text: 'Do not get around limits, resell access under another name without our consent, or test stolen cards.',
          },
          {
            clause: 'T3.3',
            text: 'If you break these rules we may suspend your account. We say why, a person looks at it when you object, and you can still sign in, export your data, and delete it.',
          },
        ],
      },
      {
        id: '4',
        title: 'What you make',
        paragraphs: [
          {
            clause: 'T4.1',
            text: 'What you send stays yours. What a model makes for you is yours as far as the law and the provider’s terms allow. We claim nothing of either.',
          },
          {
            clause: 'T4.2',
            text: 'Models are wrong at times, and may give others something alike. Check what matters before you rely on it.',
          },
        ],
      },
      {
        id: '5',
        title: 'The service',
        paragraphs: [
          {
            clause: 'T5.1',
            text: 'We work to keep Mluen running and cannot promise that it, or a provider, always will. Models come and go with their providers; prices may change, and a quote that you were shown holds until it expires.',
          },
          {
            clause: 'T5.2',
            text: 'We are liable where the law says so and cannot be waived. Beyond that our liability for a generation ends at what you paid for it.',
          },
          {
            clause: 'T5.3',
            text: 'You may close your account at any time in its settings. If these terms change in a way that matters, we tell you before and ask you to accept them.',
          },
        ],
      },
    ],
  },
];
