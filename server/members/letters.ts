import { type Letter, letter } from '#server/mail/letter.ts';

const NOT_YOU = 'If this was not you, there is nothing to do: without the code nobody gets further.';

export function verifyLetter(code: string): Letter {
  return letter({
    subject: `${code} is your code for Mluen`,
    lines: ['Type this code to confirm your e-mail address. It is good for ten minutes.'],
    code,
    footnote: NOT_YOU,
  });
}

export function resetLetter(code: string): Letter {
  return letter({
    subject: `${code} is your code for a new password`,
    lines: ['Type this code to choose a new password for Mluen. It is good for ten minutes.'],
    code,
    footnote: NOT_YOU,
  });
}

/** For a sign-up with an address that has an account: the form itself must not tell. */
export function alreadyMemberLetter(publicUrl: string): Letter {
  return letter({
    subject: 'You already have an account at Mluen',
    lines: [
      'Someone, probably you, asked to confirm this address, and it already belongs to an account.',
      'Sign in with your password, or choose a new one if you have forgotten it.',
    ],
    link: { label: 'Sign in', url: `${publicUrl}/sign-in` },
    footnote: 'If this was not you, there is nothing to do: your account is unchanged.',
  });
}

export function passwordChangedLetter(publicUrl: string): Letter {
  return letter({
    subject: 'Your password was changed',
    lines: ['The password of your account at Mluen was changed. All other devices were signed out.'],
    link: { label: 'Choose another password', url: `${publicUrl}/reset` },
    footnote: 'If this was not you, choose a new password now and write to us.',
  });
}

export function securedLetter(publicUrl: string): Letter {
  return letter({
    subject: 'Your account is secured',
    lines: [
      'Someone signed in to your account at Mluen, probably you, pressed "Secure my account". All devices are signed out, all API keys are revoked, the old password no longer works, and nothing can be spent.',
      'Choose a new password with the code that comes in a mail of its own. Then look at your history and wallet, and let spending go on in Settings → Security.',
      'If somebody else may read this mailbox, or your Google account, secure that first.',
    ],
    link: { label: 'Choose a new password', url: `${publicUrl}/reset` },
    footnote: 'Our staff have been told and look at it. You can write to them on the contact page.',
  });
}
