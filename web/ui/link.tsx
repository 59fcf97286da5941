import { Anchor, type AnchorProps, Button, type ButtonProps } from '@mantine/core';
import { createLink } from '@tanstack/react-router';
import type { AnchorHTMLAttributes, Ref } from 'react';

type Native = Omit<AnchorHTMLAttributes<HTMLAnchorElement>, keyof AnchorProps | keyof ButtonProps> & {
  ref?: Ref<HTMLAnchorElement>;
};

/** Links of our own pages, in Mantine's looks, with the router's types. */
export const LinkText = createLink((props: AnchorProps & Native) => <Anchor inherit {...props} />);
export const LinkButton = createLink((props: ButtonProps & Native) => <Button component="a" {...props} />);
