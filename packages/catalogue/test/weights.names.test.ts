import { expect, test } from 'vitest';
import { isPublishedSha256, weights, weightsNames, weightsRecord } from '../src/weights.ts';

test("a published file's name ends in the first digits of its SHA-256, as torch names them", () => {
  for (const name of weightsNames) {
    const { sha256 } = weights[name];
    expect(sha256).toMatch(/^([0-9a-f]{64}|[0-9a-f]{8,})$/);
    expect(sha256.startsWith(/-([0-9a-f]+)\.pth$/.exec(name)?.[1] ?? 'no digits')).toBe(true);
  }
});

test('where only the first digits were published, a file is judged by them', () => {
  const rest = '0'.repeat(56);
  expect(isPublishedSha256(weights['resnet50-0676ba61.pth'], `0676ba61${rest}`)).toBe(true);
  expect(isPublishedSha256(weights['resnet50-0676ba61.pth'], `0676ba62${rest}`)).toBe(false);
  expect(isPublishedSha256(weights['bn_inception-52deb4733.pth'], `52deb473${rest}`)).toBe(false);
  expect(weightsRecord('toString')).toBeNull();
});
