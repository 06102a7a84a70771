// Compiles native/onednn into build/onednn.node with the system's C++ compiler; sources that have not changed are not
// compiled again. No dependencies but Node's headers from the npm package node-api-headers.
//
//   node scripts/build-native.mjs            exit code 3: oneDNN or a compiler is missing (says how to get it)
import { execFile, execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const root = fileURLToPath(new URL('..', import.meta.url));
const sources = join(root, 'native', 'onednn');
const objects = join(root, 'build', 'native');
const output = join(root, 'build', 'onednn.node');
const compiler = process.env.CXX ?? 'c++';
// Homebrew keeps headers outside of the compiler's path.
const prefixes = ['/opt/homebrew', '/usr/local'].filter((prefix) =>
  existsSync(join(prefix, 'include', 'dnnl.hpp')),
);

function fail(message) {
  console.error(message);
  process.exit(3);
}

function compilerVersion() {
  try {
    return execFileSync(compiler, ['--version'], { encoding: 'utf8' }).split('\n')[0];
  } catch {
    return fail(
      `No C++ compiler: "${compiler}" cannot be run. Install one (Debian: apt-get install g++; macOS: xcode-select --install).`,
    );
  }
}

const flags = [
  '-std=c++20',
  '-O3',
  '-march=native',
  '-fno-math-errno',
  '-fopenmp',
  '-fPIC',
  '-fvisibility=hidden',
  '-Wall',
  '-Wextra',
  '-Wno-restrict', // false alarms in GCC 12's std::string
  '-DNODE_GYP_MODULE_NAME=onednn',
  `-I${join(root, 'node_modules', 'node-api-headers', 'include')}`,
  ...prefixes.map((prefix) => `-I${prefix}/include`),
];

const version = compilerVersion();
try {
  execFileSync(compiler, ['-E', '-x', 'c++', ...flags, '-'], {
    input: '#include <dnnl.hpp>\n',
    stdio: ['pipe', 'ignore', 'ignore'],
  });
} catch {
  fail(
    'oneDNN is not installed: dnnl.hpp was not found. Install it (Debian: apt-get install libdnnl-dev; macOS: brew install onednn).',
  );
}

mkdirSync(objects, { recursive: true });
const files = readdirSync(sources);
const read = (name) => readFileSync(join(sources, name));
const common = createHash('sha256').update(JSON.stringify([version, flags]));
for (const header of files.filter((name) => name.endsWith('.h')).sort()) common.update(read(header));
const base = common.digest('hex');

const units = files
  .filter((name) => name.endsWith('.cc'))
  .sort()
  .map((name) => ({
    name,
    object: join(objects, name.replace('.cc', '.o')),
    hash: createHash('sha256').update(base).update(read(name)).digest('hex'),
  }));
const stale = units.filter(({ object, hash }) => {
  const stamp = `${object}.sha256`;
  return !existsSync(object) || !existsSync(stamp) || readFileSync(stamp, 'utf8') !== hash;
});
const stampOfLink = join(objects, 'link.sha256');
const linkHash = createHash('sha256')
  .update(units.map(({ hash }) => hash).join())
  .digest('hex');
if (
  stale.length === 0 &&
  existsSync(output) &&
  existsSync(stampOfLink) &&
  readFileSync(stampOfLink, 'utf8') === linkHash
)
  process.exit(0);

const run = promisify(execFile);
const queue = [...stale];
await Promise.all(
  Array.from({ length: Math.min(availableParallelism(), queue.length) }, async () => {
    for (let unit = queue.shift(); unit !== undefined; unit = queue.shift()) {
      rmSync(`${unit.object}.sha256`, { force: true });
      const { stderr } = await run(compiler, [
        ...flags,
        '-c',
        join(sources, unit.name),
        '-o',
        unit.object,
      ]).catch((error) =>
        fail(`Compiling native/onednn/${unit.name} failed:\n${error.stderr ?? error.message}`),
      );
      if (stderr) process.stderr.write(stderr);
      writeFileSync(`${unit.object}.sha256`, unit.hash);
    }
  }),
);
const temporary = `${output}.${process.pid}.tmp`;
const linkFlags = process.platform === 'darwin' ? ['-undefined', 'dynamic_lookup'] : [];
try {
  execFileSync(
    compiler,
    [
      '-shared',
      '-fopenmp',
      ...linkFlags,
      ...units.map(({ object }) => object),
      '-o',
      temporary,
      ...prefixes.map((p) => `-L${p}/lib`),
      '-ldnnl',
    ],
    { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] },
  );
} catch (error) {
  fail(`Linking the native engine failed:\n${error.stderr}`);
}
renameSync(temporary, output);
writeFileSync(stampOfLink, linkHash);
