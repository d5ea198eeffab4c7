import { mkdir, readlink, rename, rm, symlink } from 'node:fs/promises';
import path from 'node:path';
import { tfjsPackageFolder } from './build-binding.ts';

/** Puts a link to the cached binding where tfjs-node-gpu looks for it. */
export async function linkBinding(binding: string): Promise<void> {
  const link = linkedBinding();
  if ((await currentTarget(link)) === binding) return;
  const temporary = `${link}.${process.pid}`;
  await mkdir(path.dirname(link), { recursive: true });
  await rm(temporary, { force: true });
  await symlink(binding, temporary);
  await rename(temporary, link);
}

/** The path at which tfjs-node-gpu loads its binding. */
export function linkedBinding(): string {
  return path.join(tfjsPackageFolder(), 'lib', 'napi-v8', 'tfjs_binding.node');
}

async function currentTarget(link: string): Promise<string | null> {
  return readlink(link).catch(() => null);
}
