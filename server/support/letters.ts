import { type Letter, letter } from '#server/mail/letter.ts';

const NOT_YOU =
  'If you did not write to us, there is nothing to do: without this link nobody can read or do anything.';

/** To who wrote without an account. Nothing of what was written: anyone may have typed this address. */
export function receivedLetter(url: string, isRequest: boolean): Letter {
  return letter({
    subject: isRequest ? 'Confirm your request about your data' : 'We have your message',
    lines: isRequest
      ? [
          'A request about personal data was made with this address.',
          'Open it and confirm that it is yours. Until then we give nothing out and erase nothing.',
        ]
      : ['Your message has reached us. We answer here; you can follow it and go on by this link.'],
    link: { label: isRequest ? 'Open and confirm' : 'Open the conversation', url },
    footnote: NOT_YOU,
  });
}

/** There is an answer; what it says is behind the link. */
export function answeredLetter(url: string): Letter {
  return letter({
    subject: 'There is an answer to your message',
    lines: ['We have answered what you wrote to us.'],
    link: { label: 'Read the answer', url },
    footnote: 'You get this because you wrote to us. The answer itself is not in this mail.',
  });
}

/** To staff: a request about data is due soon, or is late. */
export function clockLetter(url: string, alarm: 'soon' | 'overdue', dueAt: Date): Letter {
  const day = dueAt.toISOString().slice(0, 10);
  return letter({
    subject:
      alarm === 'soon'
        ? `A request about data is due on ${day}`
        : `Overdue since ${day}: a request about data`,
    lines: [
      alarm === 'soon'
        ? `The law wants an answer by ${day}. Answer it, or extend its time and say why.`
        : `The law wanted an answer by ${day}. It has none.`,
    ],
    link: { label: 'Open it', url },
  });
}
