import type { PolicyVersion } from './version.ts';

/** The privacy policy, newest first. Clause ids are those of the tests in tests/policy. */
export const privacyVersions: readonly PolicyVersion[] = [
  {
    version: '1',
    lastUpdated: '2026-06-29',
    material: true,
    sections: [
      {
        id: '0',
        title: 'About this policy',
        paragraphs: [
          {
            clause: '0.1',
            text: 'This policy says what Mluen does with information about you. It applies from the moment you open an account, add money to your wallet, or generate something. We record which version you accepted, and when.',
          },
          {
            clause: '0.2',
            text: 'The date of its last revision stands at the top of this page.',
          },
          {
            clause: '0.3',
            text: 'It is written by the operator of Mluen to explain what we do. It is not legal advice, and nobody has certified it against a standard.',
          },
        ],
      },
      {
        id: '1',
        title: 'Who answers for your data',
        paragraphs: [
          {
            clause: '1.1',
            text: 'The operator of Mluen, named at the top of this page, decides why and how your data is used: in the words of the law, the operator is the controller.',
          },
          { clause: '1.2', text: 'Bring questions, requests and complaints to our contact page.' },
        ],
      },
      {
        id: '2',
        title: 'What we collect',
        paragraphs: [
          {
            clause: '2.1',
            text: 'Your account: e-mail address, display name, country, a phone number if you give one, a hash of your password (never the password), and, if you sign in with Google, the identifier that Google gives us for you.',
          },
          { clause: '2.2', text: 'Your wallet: its balance and every transaction in it.' },
          {
            clause: '2.3',
            text: 'Card payments are made on our payment processor’s own page. A full card number never reaches us; we keep the brand and the last four digits.',
          },
          {
            clause: '2.4',
            text: 'Your generations: the prompts, files and parameters that you send, what comes back, the model, and what it cost. They make up your history, so that you can return to them.',
          },
          {
            clause: '2.5',
            text: 'Your device and visits: IP address, the rough place that follows from it, browser, kind of device, pages viewed, and the few measurements that running the service safely needs.',
          },
          { clause: '2.6', text: 'What you write to us on the contact page or to support.' },
          {
            clause: '2.7',
            text: 'Nothing else. Every column of our database is listed with its purpose, and a column that is not listed cannot be released.',
          },
        ],
      },
      {
        id: '3',
        title: 'What we use it for',
        paragraphs: [
          { clause: '3.1', text: 'To open and run your account and your wallet.' },
          {
            clause: '3.2',
            text: 'To pass your prompts and files to the provider of the model that you picked, and to bring you what it makes.',
          },
          { clause: '3.3', text: 'To take payments into your wallet.' },
          { clause: '3.4', text: 'To verify payments that were made by hand.' },
          { clause: '3.5', text: 'To keep books that are complete and correct.' },
          { clause: '3.6', text: 'To see whether the service is well.' },
          { clause: '3.7', text: 'To prevent fraud and abuse.' },
          { clause: '3.8', text: 'To enforce our terms.' },
          { clause: '3.9', text: 'To answer support requests and reports of security faults.' },
          { clause: '3.10', text: 'To do what laws on tax, fraud and record-keeping ask of us.' },
          { clause: '3.11', text: 'For no other purpose.' },
        ],
      },
      {
        id: '4',
        title: 'On what legal ground',
        paragraphs: [
          {
            clause: '4.1',
            text: 'Where a law such as the GDPR asks for a ground, ours is one of four: our contract with you; our legitimate interest in running, securing and improving the service; a duty that the law puts on us; or your consent.',
          },
          {
            clause: '4.2',
            text: 'We ask for consent where it is needed, for example before we send you news. You can take it back at any time.',
          },
        ],
      },
      {
        id: '5',
        title: 'Model providers and others who work for us',
        paragraphs: [
          {
            clause: '5.1',
            text: 'When you generate, your prompt and the files with it go to the provider of the model that you picked, and to no other.',
          },
          {
            clause: '5.2',
            text: 'Such providers are, for example, OpenAI, Anthropic, Google, Flux, Qwen, Veo, Kling, Seedance, ElevenLabs, and others of their kind.',
          },
          {
            clause: '5.3',
            text: 'Each provider handles what you send under its own terms and privacy policy. Once it is there, we have no control over it. The page of each model links both.',
          },
          {
            clause: '5.4',
            text: 'We also rely on companies of these kinds: hosting and database; identity and sign-in; payment; e-mail and messaging.',
          },
          {
            clause: '5.5',
            text: 'Identity and sign-in: managing sessions, hashing passwords, and signing in with Google.',
          },
          {
            clause: '5.6',
            text: 'Payment: taking card payments and, where it is offered, matching mobile-money payments.',
          },
          {
            clause: '5.7',
            text: 'E-mail and messaging: the messages that your account needs, such as verification, a new password, and receipts.',
          },
          { clause: '5.8', text: 'We do not sell your data.' },
          {
            clause: '5.9',
            text: 'We do not train models of our own on your prompts, files or outputs.',
          },
        ],
      },
      {
        id: '6',
        title: 'Who else may receive it',
        paragraphs: [
          {
            clause: '6.1',
            text: 'The provider of the model that you picked, strictly to run that generation.',
          },
          {
            clause: '6.2',
            text: 'The companies of section 5 that work for us, bound to confidence by contract.',
          },
          {
            clause: '6.3',
            text: 'Others when a law, a regulation or a court orders it, or when the rights or the safety of people, or our own rights, must be protected.',
          },
          {
            clause: '6.4',
            text: 'Whoever takes over Mluen, if it is merged or sold: this policy then binds them too.',
          },
        ],
      },
      {
        id: '7',
        title: 'Other countries',
        paragraphs: [
          {
            clause: '7.1',
            text: 'Your data may be handled in countries other than yours, among them the United States and members of the European Union, where the companies that work for us are.',
          },
          {
            clause: '7.2',
            text: 'Where the law asks for safeguards, we rely on them; Standard Contractual Clauses are one.',
          },
        ],
      },
      {
        id: '8',
        title: 'How long we keep it',
        paragraphs: [
          {
            clause: '8.1',
            text: 'Account and wallet: as long as your account is open, and then as long as tax and fraud rules reasonably ask.',
          },
          {
            clause: '8.2',
            text: 'Your history: as long as your account is open. It goes when you remove it and when you delete your account.',
          },
          { clause: '8.3', text: 'Receipts: longer, where the law on accounts or taxes asks for it.' },
        ],
      },
      {
        id: '9',
        title: 'Your rights',
        paragraphs: [
          {
            clause: '9.1',
            text: 'You may see what we hold about you. Which of these rights a law gives you depends on where you live; we offer them to everyone.',
          },
          { clause: '9.2', text: 'You may correct it.' },
          { clause: '9.3', text: 'You may delete it.' },
          { clause: '9.4', text: 'You may take it with you.' },
          { clause: '9.5', text: 'You may have its use restricted.' },
          { clause: '9.6', text: 'You may object to some uses.' },
          { clause: '9.7', text: 'You may complain to the data-protection authority of your country.' },
          { clause: '9.8', text: 'The contact page is the way to use any of them.' },
          { clause: '9.9', text: 'We answer within the time that the law of your country sets.' },
        ],
      },
      {
        id: '10',
        title: 'Security',
        paragraphs: [
          { clause: '10.1', text: 'What travels is encrypted (TLS).' },
          { clause: '10.2', text: 'Passwords are kept only as hashes made for passwords.' },
          { clause: '10.3', text: 'A session opens only what it is for, and ends.' },
          { clause: '10.4', text: 'The database itself decides, by roles, who may read which row.' },
          { clause: '10.5', text: 'Sensitive actions are written to an audit log.' },
          {
            clause: '10.6',
            text: 'No system is perfectly secure. Use a strong password that you use nowhere else, and tell us at once if you think someone else is in your account.',
          },
        ],
      },
      {
        id: '11',
        title: 'Children',
        paragraphs: [
          {
            clause: '11.1',
            text: 'Mluen is not meant for children under 13, or under the age that your country sets instead. We do not knowingly collect data about them.',
          },
          {
            clause: '11.2',
            text: 'If you believe that a child has given us data, tell us on the contact page and we will delete it.',
          },
        ],
      },
      {
        id: '12',
        title: 'Cookies and storage in your browser',
        paragraphs: [
          {
            clause: '12.1',
            text: 'We use few, and only those that are needed: to keep you signed in, to remember your settings, and to run the wallet. The cookie page lists every one.',
          },
          { clause: '12.2', text: 'There are no advertising cookies of third parties.' },
          { clause: '12.3', text: 'You can clear them in your browser at any time; that signs you out.' },
        ],
      },
      {
        id: '13',
        title: 'Changes',
        paragraphs: [
          {
            clause: '13.1',
            text: 'This policy may change. We tell you of a material change inside Mluen or by e-mail, and the date at the top shows the last revision.',
          },
        ],
      },
      {
        id: '14',
        title: 'Contact',
        paragraphs: [
          {
            clause: '14.1',
            text: 'Questions, requests and complaints about privacy: through the contact page.',
          },
        ],
      },
    ],
  },
];
