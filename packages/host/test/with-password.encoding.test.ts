import { expect, it } from 'vitest';
import { withPassword } from '../src/with-password.ts';

it.each(['plain', 'a@b#c/d?e', '100%', '%40', 'quote\'" \\ space', 'ü:&='])(
  'carries the password %s to whoever reads the address',
  (password) => {
    for (const address of [
      'postgresql://spherelab@postgres:5432/spherelab',
      'redis://:@redis:6379',
      'redis://redis:6379',
    ]) {
      const url = new URL(withPassword(address, password));
      expect(decodeURIComponent(url.password)).toBe(password);
      expect(url.host).toBe(new URL(address).host);
      expect(url.pathname).toBe(new URL(address).pathname);
    }
  },
);

it('leaves an address alone that has its password, or none', () => {
  expect(withPassword('postgresql://u:p@h/d', 'other')).toBe('postgresql://u:p@h/d');
  expect(withPassword('postgresql://u@h/d', undefined)).toBe('postgresql://u@h/d');
  expect(withPassword('postgresql://u@h/d', '')).toBe('postgresql://u@h/d');
});
