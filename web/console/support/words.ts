import type { MessageDescriptor } from '@lingui/core';
import { msg } from '@lingui/core/macro';
import type { Right, Topic } from '#contract/support.ts';

export const queueWords: Record<Topic, MessageDescriptor> = {
  security: msg`Security`,
  child: msg`Child’s account`,
  privacy: msg`Privacy request`,
  complaint: msg`Complaint`,
  billing: msg`Billing`,
  question: msg`Question`,
};

export const askedWords: Record<Right, MessageDescriptor> = {
  access: msg`Access to the data`,
  export: msg`A copy to take along`,
  correct: msg`Correction`,
  erase: msg`Erasure`,
  restrict: msg`Restriction`,
  object: msg`Objection`,
  other: msg`Another right`,
};
