import { expect, it } from 'vitest';
import { pipEnvironment } from '../src/pip-environment.ts';

it('lets pip know where packages come from, and nothing that was meant for an installation of the user', () => {
  const user = {
    PATH: '/bin',
    HTTPS_PROXY: 'http://p:1',
    PIP_INDEX_URL: 'https://pypi.example/simple',
    PIP_CERT: '/ca.pem',
  };
  const foreign = {
    PIP_REQUIRE_VIRTUALENV: '1',
    PIP_TARGET: '/x',
    PIP_USER: '1',
    PIP_NO_BINARY: ':all:',
    PIP_PLATFORM: 'any',
    PIP_CONSTRAINT: '/c.txt',
    pip_dest: '/y',
  };
  expect(pipEnvironment({ ...user, ...foreign })).toEqual({ ...user, PIP_REQUIRE_VIRTUALENV: '0' });
});
