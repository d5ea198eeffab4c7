/**
 * The address of a database or a queue with a password that came beside it, so that one of any characters (@ # / %) needs no encoding
 * by hand. A password that stands in the address already wins.
 */
export function withPassword(address: string, password: string | undefined): string {
  if (!password) return address;
  const url = new URL(address);
  // The setter leaves % as it is.
  if (url.password === '') url.password = encodeURIComponent(password);
  return url.toString();
}
