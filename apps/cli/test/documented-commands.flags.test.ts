import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Command } from 'commander';
import { describe, expect, test } from 'vitest';
import { spherelabProgram } from '../src/program.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const files = ['README.md', 'CONTRIBUTING.md', ...readdirSync(path.join(root, 'docs')).map((name) => `docs/${name}`)];
const documented = files
  .filter((file) => file.endsWith('.md'))
  .flatMap((file) =>
    [...readFileSync(path.join(root, file), 'utf8').matchAll(/npx spherelab ([a-z][^`#\n&|]*)/g)].map(
      ([, command = '']) => [file, command.trim()] as const,
    ),
  );

/** The command that words name, and the words that are left. */
function commandOf(program: Command, words: readonly string[]): { command: Command; rest: readonly string[] } {
  let command = program;
  let rest = words;
  for (;;) {
    const inner = command.commands.find((one) => one.name() === rest[0]);
    if (inner === undefined) return { command, rest };
    command = inner;
    rest = rest.slice(1);
  }
}

describe('commands in README and docs', () => {
  const program = spherelabProgram();

  test('there are dozens', () => expect(documented.length).toBeGreaterThan(40));

  test.each(documented)('%s: spherelab %s is a command with these flags', (_file, line) => {
    const { command, rest } = commandOf(program, line.split(/\s+/));
    expect(command, line).not.toBe(program);
    const flags = command.options.flatMap(({ long }) => long ?? []);
    for (const word of rest) if (/^--[a-z]/.test(word)) expect(flags, line).toContain(word);
  });
});
