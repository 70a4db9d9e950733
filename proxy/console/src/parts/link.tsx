import type { ComponentChildren } from 'preact';
import { href } from '../base/router';

interface Props {
  to: string;
  query?: Record<string, string | undefined>;
  children: ComponentChildren;
  class?: string;
}

export const Link = ({ to, query, children, ...rest }: Props) => <a href={href(to, query)} {...rest}>{children}</a>;
