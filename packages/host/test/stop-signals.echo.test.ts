import { spawn } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';
import { expect, test } from 'vitest';

/** A program that is busy for a second once it is asked to stop, and says what it is told. */
const program = `
  const { stopSignals } = await import('@spherelab/host');
  const signals = stopSignals();
  signals.asked.addEventListener('abort', () => {
    for (const startMs = performance.now(); performance.now() - startMs < 1_000; );
    console.log('asked');
  });
  signals.insisted.addEventListener('abort', () => {
    console.log('insisted');
    process.exit(0);
  });
  setInterval(() => undefined, 1_000);
  console.log('ready');
`;

test('two Ctrl-C that come together are one, however busy the machine is; a later one insists', async () => {
  const child = spawn(process.execPath, ['--input-type=module', '--eval', program], {
    cwd: import.meta.dirname,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let said = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (said += text));
  const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
  const until = async (word: string) => {
    while (!said.includes(word)) await delay(20);
  };
  try {
    await until('ready');
    child.kill('SIGINT');
    await delay(100); // while it is busy
    child.kill('SIGINT');
    await until('asked');
    await delay(500);
    expect(said).toBe('ready\nasked\n');
    child.kill('SIGINT');
    expect(await ended).toBe(0);
    expect(said).toBe('ready\nasked\ninsisted\n');
  } finally {
    child.kill('SIGKILL');
  }
});
