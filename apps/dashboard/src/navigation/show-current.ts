/** Scrolls a bar of links, which a narrow window may cut, so that the link of the present view is seen. */
export function showCurrent(bar: string): void {
  document.querySelector(`${bar} [aria-current="page"]`)?.scrollIntoView({ block: 'nearest', inline: 'center' });
}
