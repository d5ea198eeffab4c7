import type { AnchorHTMLAttributes, MouseEvent } from 'react';
import { served } from './base-path.ts';
import { navigate } from './use-address.ts';

/** A link within the page. With a modifier key it is the browser's own. */
export function Link({ href, onClick, ...rest }: AnchorHTMLAttributes<HTMLAnchorElement> & { readonly href: string }) {
  const follow = (event: MouseEvent<HTMLAnchorElement>) => {
    onClick?.(event);
    const isPlain = event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey;
    if (event.defaultPrevented || !isPlain) return;
    event.preventDefault();
    navigate(href);
  };
  return <a {...rest} href={served(href)} onClick={follow} />;
}
