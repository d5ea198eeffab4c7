import { spawnSync } from 'node:child_process';

const oldestNode = 20;

/** What this machine lacks, a line each with how to get it; empty when all is there. */
export function missingPrerequisites(env = process.env) {
  return [node(), python(), pip(), compiler(env)].filter((line) => line !== null);
}

function node() {
  const major = Number(process.versions.node.split('.')[0]);
  if (major >= oldestNode) return null;
  return `Node ${oldestNode} or newer is needed, this is ${process.versions.node}: https://nodejs.org`;
}

function python() {
  if (works('python3', ['-c', 'import sys; sys.exit(sys.version_info < (3, 8))'])) return null;
  return 'Python 3.8 or newer is needed as python3 (Debian: apt-get install python3)';
}

function pip() {
  if (!works('python3', ['--version']) || works('python3', ['-m', 'pip', '--version'])) return null;
  return 'pip for python3 is needed (Debian: apt-get install python3-pip)';
}

function compiler(env) {
  const name = env.CXX || 'g++';
  if (works(name, ['--version'])) return null;
  return `a C++17 compiler is needed, ${name} does not run (Debian: apt-get install g++; CXX names another)`;
}

function works(program, args) {
  return spawnSync(program, args, { stdio: 'ignore' }).status === 0;
}
