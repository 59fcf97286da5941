import { type Letter, letter } from '#server/mail/letter.ts';

export function closingLetter(publicUrl: string, at: Date): Letter {
  return letter({
    subject: 'Your account is closed and will be erased',
    lines: [
      `You asked for your account at Mluen to be erased. That will happen on ${at.toISOString().slice(0, 10)}.`,
      'Until then you can keep it: sign in and cancel. Your API keys and other devices were signed out.',
    ],
    link: { label: 'Keep my account', url: `${publicUrl}/settings/privacy` },
    footnote: 'If you did not ask for this, sign in, cancel it, and choose a new password.',
  });
}

export function erasedLetter(publicUrl: string, erasureId: string): Letter {
  return letter({
    subject: 'Your account is being erased',
    lines: [
      'Your account at Mluen is being erased now. This is the last mail that you get from us: your address goes too.',
      'A signed certificate says what was erased, and what the law makes us keep.',
    ],
    link: { label: 'The certificate', url: `${publicUrl}/api/erasures/${erasureId}` },
  });
}
