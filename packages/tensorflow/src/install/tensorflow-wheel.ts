import { existsSync } from 'node:fs';
import { readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { lastLines, pipEnvironment, runCommand } from '@spherelab/host';
import { makeCached } from './engine-cache.ts';
import { EngineError } from './engine-error.ts';

/** The TensorFlow release that setup fetches. */
export const tensorflowVersion = '2.21.0';

export type Progress = (step: string, fraction: number | null) => void;

/** What of a wheel is unpacked: the libraries and the headers that the binding includes. */
const wantedOfTensorflow = [
  'tensorflow/libtensorflow_cc.so.2',
  'tensorflow/libtensorflow_framework.so.2',
  'tensorflow/include/tensorflow/c/',
  'tensorflow/include/tensorflow/core/platform/',
  'tensorflow/include/tsl/',
  'tensorflow/include/xla/tsl/',
];

const machines: Readonly<Record<string, string>> = { x64: 'x86_64', arm64: 'aarch64' };
/** glibc 2.x that TensorFlow's wheels want, and the oldest that any of NVIDIA's are made for (manylinux2014). */
const [newestGlibc, oldestGlibc] = [27, 17];

/** pip takes only wheels of the very tags that it is given: those for an older glibc run here too, and each has to be named. */
export function platformTags(arch: string): string[] {
  const machine = machines[arch];
  if (machine === undefined) return [];
  const minors = Array.from({ length: newestGlibc - oldestGlibc + 1 }, (_, index) => newestGlibc - index);
  return [...minors.map((minor) => `manylinux_2_${minor}_${machine}`), `manylinux2014_${machine}`];
}

/** Unpacks wanted members of wheels into a folder and prints progress as `done total`. */
const unpackScript = `
import sys, zipfile, os
target, wanted, wheels = sys.argv[1], sys.argv[2].split(','), sys.argv[3:]
jobs = [(z, i) for z in map(zipfile.ZipFile, wheels) for i in z.infolist() if not i.is_dir() and (i.filename.startswith(tuple(wanted)))]
total = sum(i.file_size for _, i in jobs); done = 0; told = 0
for z, i in jobs:
    path = os.path.join(target, i.filename)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with z.open(i) as source, open(path, 'wb') as out:
        while True:
            block = source.read(1 << 22)
            if not block: break
            out.write(block); done += len(block)
            if done - told >= total // 50: told = done; print(done, total, flush=True)
`;

/** Requirements of the wheel's extra \`and-cuda\`, one a line. */
const cudaRequirementsScript = `
import sys, zipfile
z = zipfile.ZipFile(sys.argv[1]); name = next(n for n in z.namelist() if n.endswith('.dist-info/METADATA'))
for line in z.read(name).decode().splitlines():
    if line.startswith('Requires-Dist:') and 'and-cuda' in line: print(line.split(':', 1)[1].split(';')[0].strip())
`;

/**
 * Gets TensorFlow from PyPI into the cache: the CPU wheel, or with a GPU the CUDA wheel and NVIDIA's libraries.
 * The wheels' layout is kept, since the library looks for CUDA in ../nvidia beside itself.
 * @returns the folder that holds libtensorflow_cc.so.2
 * @throws EngineError when pip cannot fetch it, with what was tried
 */
export async function fetchTensorflow(cache: string, gpu: boolean, onProgress: Progress): Promise<string> {
  const name = `tensorflow-${tensorflowVersion}-${gpu ? 'cuda' : 'cpu'}-${process.arch}`;
  const present = path.join(cache, name, 'tensorflow');
  if (existsSync(present)) return present;
  const folder = await makeCached(cache, name, async (target) => {
    const wheels = path.join(target, 'wheels');
    await downloadWheels(wheels, gpu, onProgress);
    await unpackWheels(target, wheels, onProgress);
    await rm(wheels, { recursive: true });
  });
  return path.join(folder, 'tensorflow');
}

async function downloadWheels(wheels: string, gpu: boolean, onProgress: Progress): Promise<void> {
  const distribution = gpu || process.arch !== 'x64' ? 'tensorflow' : 'tensorflow-cpu';
  onProgress(
    `fetching ${distribution} ${tensorflowVersion} (about 270 MB${gpu ? ', and NVIDIA libraries, 3 GB' : ''})`,
    null,
  );
  const [wheel] = await pipDownload(
    wheels,
    [`${distribution}==${tensorflowVersion}`],
    ['--python-version', '311', '--abi', 'cp311'],
  );
  if (!gpu || wheel === undefined) return;
  const listed = await runCommand('python3', ['-c', cudaRequirementsScript, path.join(wheels, wheel)]);
  const requirements = listed.stdout.trim().split('\n').filter(Boolean);
  for (const requirement of requirements) {
    onProgress(`fetching ${requirement}`, null);
    await pipDownload(wheels, [requirement], []);
  }
}

async function pipDownload(
  wheels: string,
  requirements: readonly string[],
  python: readonly string[],
): Promise<string[]> {
  const platforms = process.platform === 'linux' ? platformTags(process.arch) : [];
  if (platforms.length === 0) {
    throw new EngineError(
      `PyPI has no TensorFlow C library for ${process.platform} ${process.arch}`,
      'use Linux on x64 or arm64, or set SPHERELAB_TENSORFLOW_DIR',
    );
  }
  const args = ['-m', 'pip', 'download', '--quiet', '--disable-pip-version-check', '--no-deps', '--only-binary=:all:'];
  args.push('--implementation', 'cp', ...platforms.flatMap((platform) => ['--platform', platform]));
  args.push('--dest', wheels, ...python, ...requirements);
  const result = await runCommand('python3', args, { env: pipEnvironment(process.env) });
  if (result.code !== 0) {
    throw new EngineError(
      `pip could not fetch ${requirements.join(' ')}:\n${lastLines(result)}`,
      'check the network and pip, or set SPHERELAB_TENSORFLOW_DIR to an installed TensorFlow',
    );
  }
  return readdir(wheels);
}

async function unpackWheels(target: string, wheels: string, onProgress: Progress): Promise<void> {
  const files = (await readdir(wheels)).map((wheel) => path.join(wheels, wheel));
  const wanted = [...wantedOfTensorflow, 'nvidia/'].join(',');
  const unpacked = await runCommand('python3', ['-c', unpackScript, target, wanted, ...files], {
    onLine: (line) => {
      const [done, total] = line.split(' ').map(Number);
      if (done !== undefined && total !== undefined) onProgress('unpacking TensorFlow', done / total);
    },
  });
  if (unpacked.code !== 0) {
    throw new EngineError(
      `TensorFlow could not be unpacked:\n${lastLines(unpacked)}`,
      'is the disk full? 1.2 GB are needed',
    );
  }
}
