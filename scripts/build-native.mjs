/**
 * @file Compiles native/onednn into build/onednn.node with the system's C++ compiler; sources that have not changed are
 * not compiled again. Needs Node's headers from the npm package node-api-headers, nothing else from npm.
 *
 *   node scripts/build-native.mjs        exit code 3: oneDNN or a compiler is missing; 1: the compiler failed
 *
 * The binary is made for this machine's instruction set. All that the compiler predefines (its version, the instruction
 * set, oneDNN's version) counts as a source: another processor or a new oneDNN leads to a new binary, not to a crash.
 */
import { execFile, execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const root = fileURLToPath(new URL('..', import.meta.url));
const sources = join(root, 'native', 'onednn');
const objects = join(root, 'build', 'native');
const output = join(root, 'build', 'onednn.node');
const stampOfLink = join(objects, 'link.sha256');
const compiler = process.env.CXX || 'c++';

// Homebrew keeps headers outside of the compiler's path, and Apple's compiler has OpenMP only with its libomp.
const isMac = process.platform === 'darwin';
const prefixes = ['/opt/homebrew', '/usr/local']
  .flatMap((prefix) => (isMac ? [prefix, join(prefix, 'opt', 'libomp')] : [prefix]))
  .filter((prefix) => ['dnnl.hpp', 'omp.h'].some((header) => existsSync(join(prefix, 'include', header))));
const flags = [
  '-std=c++20',
  '-O3',
  '-march=native',
  '-fno-math-errno',
  ...(isMac ? ['-Xpreprocessor'] : []),
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
const linkFlags = [
  '-shared',
  ...(isMac ? ['-undefined', 'dynamic_lookup', '-lomp'] : ['-fopenmp']),
  ...prefixes.map((prefix) => `-L${prefix}/lib`),
  '-ldnnl',
];

/** How to get what the native engine is built with and from. */
export function installHint() {
  if (isMac) return 'Install what it needs with: xcode-select --install; brew install onednn libomp';
  if (existsSync('/usr/bin/apt-get'))
    return 'Install what it needs with: sudo apt-get install -y g++ libdnnl-dev';
  return 'Install a C++20 compiler and oneDNN (Debian, Ubuntu: g++ libdnnl-dev; Fedora: gcc-c++ onednn-devel)';
}

/**
 * Finds out what is to be done, in some 50 ms: `current` (nothing), `missing` (`message` says what) or `stale`, where
 * `compile()` builds and rejects with the compiler's words, and `fingerprint` stands for all that goes in.
 */
export function planNativeBuild() {
  const files = readdirSync(sources).sort();
  const read = (name) => readFileSync(join(sources, name));
  const ofSources = createHash('sha256');
  for (const name of files) ofSources.update(name).update(read(name));
  const sourcesHash = ofSources.digest('hex');
  const [linked, linkedSources] = existsSync(output) ? (readIfExists(stampOfLink) ?? '').split('\n') : [];

  const { macros, missing } = predefinedMacros();
  // What was built earlier from these sources serves on: a container may have oneDNN but no compiler.
  if (missing && linkedSources === sourcesHash) return { state: 'current' };
  if (missing) return { state: 'missing', message: missing };
  const base = createHash('sha256')
    .update(JSON.stringify([compiler, flags, linkFlags]))
    .update(macros);
  for (const header of files.filter((name) => name.endsWith('.h'))) base.update(read(header));
  const units = files
    .filter((name) => name.endsWith('.cc'))
    .map((name) => ({
      name,
      object: join(objects, name.replace('.cc', '.o')),
      hash: base.copy().update(read(name)).digest('hex'),
    }));
  const fingerprint = createHash('sha256')
    .update(units.map(({ hash }) => hash).join())
    .digest('hex');
  if (linked === fingerprint) return { state: 'current' };
  return {
    state: 'stale',
    fingerprint,
    compile: () => compile(units, `${fingerprint}\n${sourcesHash}`),
  };
}

function predefinedMacros() {
  try {
    const macros = execFileSync(compiler, ['-E', '-dM', '-x', 'c++', ...flags, '-'], {
      input: '#include <dnnl_version.h>\n',
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    return { macros };
  } catch (error) {
    const words = String(error.stderr ?? '').trim();
    if (/dnnl_version\.h/.test(words)) return { missing: 'oneDNN is not installed (no dnnl.hpp).' };
    const why = words.split('\n')[0] || error.code || `exit code ${error.status}`;
    return { missing: `there is no C++ compiler that works: "${compiler}" failed (${why}).` };
  }
}

async function compile(units, stamp) {
  mkdirSync(objects, { recursive: true });
  rmSync(stampOfLink, { force: true });
  const run = promisify(execFile);
  const queue = units.filter(
    ({ object, hash }) => !existsSync(object) || readIfExists(`${object}.sha256`) !== hash,
  );
  async function compileNext() {
    for (let unit = queue.shift(); unit !== undefined; unit = queue.shift()) {
      rmSync(`${unit.object}.sha256`, { force: true });
      const parameters = [...flags, '-c', join(sources, unit.name), '-o', unit.object];
      const { stderr } = await run(compiler, parameters).catch((error) => {
        queue.length = 0;
        throw new Error(`Compiling native/onednn/${unit.name} failed:\n${error.stderr || error.message}`);
      });
      if (stderr) process.stderr.write(stderr);
      writeFileSync(`${unit.object}.sha256`, unit.hash);
    }
  }
  await Promise.all(Array.from({ length: availableParallelism() }, compileNext));

  const temporary = `${output}.${process.pid}.tmp`; // a process that has loaded the old file keeps it
  const linked = [...units.map(({ object }) => object), ...linkFlags, '-o', temporary];
  await run(compiler, linked).catch((error) => {
    throw new Error(`Linking the native engine failed:\n${error.stderr || error.message}`);
  });
  renameSync(temporary, output);
  writeFileSync(stampOfLink, stamp);
}

function readIfExists(path) {
  return existsSync(path) ? readFileSync(path, 'utf8') : undefined;
}

if (realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) {
  const plan = planNativeBuild();
  if (plan.state === 'missing') {
    console.error(`The native engine cannot be built: ${plan.message}\n${installHint()}.`);
    process.exit(3);
  }
  await plan.compile?.().catch((error) => {
    console.error(error.message);
    process.exitCode = 1;
  });
}
