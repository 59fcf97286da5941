import type { MessageDescriptor } from '@lingui/core';
import { msg } from '@lingui/core/macro';
import type { Right, TicketSummary, Topic } from '#contract/support.ts';

/** What a person may write about, in the order of how often they do. */
export const topicWords: Record<Topic, MessageDescriptor> = {
  question: msg`A question`,
  billing: msg`Payments and the wallet`,
  privacy: msg`A request about my data`,
  complaint: msg`A complaint`,
  security: msg`A weakness in our security`,
  child: msg`An account that is a child’s`,
};

export const rightWords: Record<Right, MessageDescriptor> = {
  access: msg`See what you hold about me`,
  export: msg`Get a copy to take along`,
  correct: msg`Correct something`,
  erase: msg`Erase it`,
  restrict: msg`Stop using it`,
  object: msg`Object to a use of it`,
  other: msg`Something else`,
};

export const stateWords: Record<TicketSummary['state'], MessageDescriptor> = {
  open: msg`Waiting for us`,
  answered: msg`Answered`,
  closed: msg`Closed`,
};
