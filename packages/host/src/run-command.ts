import { spawn } from 'node:child_process';

export type CommandResult = { readonly code: number; readonly stdout: string; readonly stderr: string };

type CommandOptions = {
  readonly env?: NodeJS.ProcessEnv;
  readonly cwd?: string;
  /** Sees each line of stdout as it comes. */
  readonly onLine?: (line: string) => void;
  /** Ends the program with SIGTERM; its result is then code 1. */
  readonly signal?: AbortSignal | undefined;
};

/**
 * Runs a program to its end and collects what it prints.
 * A program that does not exist gives code 127.
 */
export function runCommand(
  program: string,
  args: readonly string[],
  options: CommandOptions = {},
): Promise<CommandResult> {
  return new Promise((resolve) => {
    const child = spawn(program, args, { env: options.env, cwd: options.cwd, stdio: ['ignore', 'pipe', 'pipe'] });
    const stop = () => void child.kill('SIGTERM');
    options.signal?.addEventListener('abort', stop);
    if (options.signal?.aborted) stop();
    let stdout = '';
    let stderr = '';
    let rest = '';
    const end = (result: CommandResult) => {
      options.signal?.removeEventListener('abort', stop);
      resolve(result);
    };
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
      const lines = (rest + text).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) options.onLine?.(line);
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
    });
    child.on('error', (error) => end({ code: 127, stdout, stderr: error.message }));
    child.on('close', (code) => end({ code: code ?? 1, stdout, stderr }));
  });
}

/** The last lines of what a program printed, for an error message. */
export function lastLines(result: CommandResult, count = 6): string {
  return `${result.stdout}\n${result.stderr}`.trim().split('\n').slice(-count).join('\n');
}
