import { expect, it } from 'vitest';
import { platformTags } from '../src/install/tensorflow-wheel.ts';

it("names every tag that this machine can run, from TensorFlow's down to manylinux2014, which some of NVIDIA's wheels have alone", () => {
  const tags = platformTags('x64');
  expect(tags[0]).toBe('manylinux_2_27_x86_64');
  expect(tags).toContain('manylinux_2_17_x86_64');
  expect(tags.at(-1)).toBe('manylinux2014_x86_64');
  expect(platformTags('arm64')).toContain('manylinux2014_aarch64');
  expect(platformTags('riscv64')).toEqual([]);
});
