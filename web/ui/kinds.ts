import type { MessageDescriptor } from '@lingui/core';
import { msg } from '@lingui/core/macro';
import {
  type Icon,
  IconMessage,
  IconMicrophone,
  IconMovie,
  IconMusic,
  IconPhoto,
  IconWaveSine,
} from '@tabler/icons-react';
import type { Kind } from '#contract/catalogue.ts';

/** What can be made here: its page, word, sign and colour. Transcription has no page of its own. */
export interface MakeableKind {
  kind: Exclude<Kind, 'transcription'>;
  path: '/chat' | '/image' | '/video' | '/speech' | '/sound' | '/music';
  name: MessageDescriptor;
  icon: Icon;
  color: string;
}

export const kinds: readonly MakeableKind[] = [
  { kind: 'text', path: '/chat', name: msg`Chat`, icon: IconMessage, color: 'var(--ml-kind-text)' },
  { kind: 'image', path: '/image', name: msg`Image`, icon: IconPhoto, color: 'var(--ml-kind-image)' },
  { kind: 'video', path: '/video', name: msg`Video`, icon: IconMovie, color: 'var(--ml-kind-video)' },
  {
    kind: 'speech',
    path: '/speech',
    name: msg`Speech`,
    icon: IconMicrophone,
    color: 'var(--ml-kind-speech)',
  },
  { kind: 'sound', path: '/sound', name: msg`Sound`, icon: IconWaveSine, color: 'var(--ml-kind-sound)' },
  { kind: 'music', path: '/music', name: msg`Music`, icon: IconMusic, color: 'var(--ml-kind-music)' },
];

/** The word for a kind of model, transcription included. */
export function kindName(kind: Kind): MessageDescriptor {
  return kinds.find((one) => one.kind === kind)?.name ?? msg`Transcription`;
}

/** Every kind of model, in the order in which lists show them. */
export const allKinds: readonly Kind[] = [...kinds.map(({ kind }) => kind), 'transcription'];
