/**
 * @file Compiles each addon, native/NAME, into build/NAME.node with the system's C++ compiler; sources that have not
 * changed are not compiled again. Needs Node's headers from the npm package node-api-headers, nothing else from npm.
 *
 *   node scripts/build-native.mjs [NAME]    exit code 3: a library or a compiler is missing; 1: the compiler failed
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
import { basename, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const root = fileURLToPath(new URL('..', import.meta.url));
const run = promisify(execFile);
const isMac = process.platform === 'darwin';
const compiler = process.env.CXX || 'c++';

/** How programs that use MPI are built, by its own compiler wrapper; the same words for OpenMPI and MPICH. */
function mpiFlags() {
  try {
    const words = execFileSync(process.env.MPICC || 'mpicc', ['-show'], { encoding: 'utf8', stdio: 'pipe' })
      .trim()
      .split(/\s+/)
      .slice(1);
    const isLink = (word) => /^-(L|l|Wl,)/.test(word);
    return {
      // Without the old C++ bindings, which need a library of their own.
      flags: ['-DOMPI_SKIP_MPICXX', '-DMPICH_SKIP_MPICXX', ...words.filter((word) => !isLink(word))],
      link: ['-pthread', ...words.filter(isLink)],
    };
  } catch {
    return { flags: [], link: ['-lmpi'] }; // the probe will fail
  }
}

/** What each addon is compiled with and from. `probe` fails to compile where a library is missing. */
const ADDONS = {
  onednn: {
    title: 'the native engine (about 60 s)',
    compiler,
    probe: '#include <dnnl_version.h>\n',
    lacks: 'oneDNN is not installed (no dnnl.hpp).',
    flags: [...(isMac ? ['-Xpreprocessor'] : []), '-fopenmp'],
    link: [...(isMac ? ['-lomp'] : ['-fopenmp']), '-ldnnl'],
  },
  host: {
    title: 'the collectives of one host (about 5 s)',
    compiler,
    probe: '#include <sys/prctl.h>\n', // Linux, whose processes can read each other's memory
    lacks: 'this is not Linux.',
    flags: [],
    link: ['-pthread'],
  },
  mpi: {
    title: 'the collectives over MPI (about 5 s)',
    compiler,
    probe: '#include <mpi.h>\n',
    lacks: 'MPI is not installed (no mpicc; Debian, Ubuntu: libopenmpi-dev or libmpich-dev).',
    ...mpiFlags(),
  },
};
export const ADDON_NAMES = Object.keys(ADDONS);
export const titleOf = (name) => ADDONS[name].title;

// Homebrew keeps headers outside of the compiler's path, and Apple's compiler has OpenMP only with its libomp.
const prefixes = ['/opt/homebrew', '/usr/local']
  .flatMap((prefix) => (isMac ? [prefix, join(prefix, 'opt', 'libomp')] : [prefix]))
  .filter((prefix) => ['dnnl.hpp', 'omp.h'].some((header) => existsSync(join(prefix, 'include', header))));

const flagsOf = (name) => [
  '-std=c++20',
  '-O3',
  '-march=native',
  '-fno-math-errno',
  ...ADDONS[name].flags,
  '-fPIC',
  '-fvisibility=hidden',
  '-Wall',
  '-Wextra',
  '-Wno-restrict', // false alarms in GCC 12's std::string
  `-DNODE_GYP_MODULE_NAME=${name}`,
  `-I${join(root, 'node_modules', 'node-api-headers', 'include')}`,
  ...prefixes.map((prefix) => `-I${prefix}/include`),
];
const linkFlagsOf = (name) => [
  '-shared',
  ...(isMac ? ['-undefined', 'dynamic_lookup'] : []),
  ...prefixes.map((prefix) => `-L${prefix}/lib`),
  ...ADDONS[name].link,
];

/** How to get what the native engine is built with and from. */
export function installHint() {
  if (isMac) return 'Install what it needs with: xcode-select --install; brew install onednn libomp';
  if (existsSync('/usr/bin/apt-get'))
    return 'Install what it needs with: sudo apt-get install -y g++ libdnnl-dev';
  return 'Install a C++20 compiler and oneDNN (Debian, Ubuntu: g++ libdnnl-dev; Fedora: gcc-c++ onednn-devel)';
}

/**
 * Finds out what is to be done for an addon, in some 50 ms: `current` (nothing), `missing` (`message` says what) or
 * `stale`, where `compile()` builds and rejects with the compiler's words, and `fingerprint` stands for all that goes in.
 */
export async function planNativeBuild(name) {
  const sources = join(root, 'native', name);
  if (!existsSync(sources)) return { state: 'missing', message: `there is no ${sources}.` };
  const files = [join(root, 'native', 'common'), sources].flatMap((folder) =>
    existsSync(folder)
      ? readdirSync(folder)
          .sort()
          .map((file) => join(folder, file))
      : [],
  );
  const ofSources = createHash('sha256');
  for (const file of files) ofSources.update(relative(root, file)).update(readFileSync(file));
  const sourcesHash = ofSources.digest('hex');
  const objects = join(root, 'build', 'native', name);
  const output = join(root, 'build', `${name}.node`);
  const stamp = join(objects, 'link.sha256');
  const [linked, linkedSources] = existsSync(output) ? (readIfExists(stamp) ?? '').split('\n') : [];

  const { macros, missing } = await predefinedMacros(name);
  // What was built earlier from these sources serves on: a container may have oneDNN but no compiler.
  if (missing && linkedSources === sourcesHash) return { state: 'current' };
  if (missing) return { state: 'missing', message: missing };
  const base = createHash('sha256')
    .update(JSON.stringify([ADDONS[name].compiler, flagsOf(name), linkFlagsOf(name)]))
    .update(macros);
  for (const header of files.filter((file) => file.endsWith('.h'))) base.update(readFileSync(header));
  const units = files
    .filter((file) => file.endsWith('.cc'))
    .map((file) => ({
      file,
      object: join(objects, basename(file).replace('.cc', '.o')),
      hash: base.copy().update(readFileSync(file)).digest('hex'),
    }));
  const fingerprint = createHash('sha256')
    .update(units.map(({ hash }) => hash).join())
    .digest('hex');
  if (linked === fingerprint) return { state: 'current' };
  const compile = async () => {
    mkdirSync(objects, { recursive: true });
    rmSync(stamp, { force: true });
    await compileUnits(name, units);
    await link(name, units, output);
    writeFileSync(stamp, `${fingerprint}\n${sourcesHash}`);
  };
  return { state: 'stale', fingerprint, compile };
}

async function predefinedMacros(name) {
  const { compiler, probe, lacks } = ADDONS[name];
  try {
    const running = run(compiler, ['-E', '-dM', '-x', 'c++', ...flagsOf(name), '-'], { maxBuffer: 1 << 26 });
    running.child.stdin.on('error', () => undefined).end(probe);
    return { macros: (await running).stdout };
  } catch (error) {
    const words = String(error.stderr ?? '').trim();
    if (words.includes(/<(.*)>/.exec(probe)[1])) return { missing: lacks };
    const why = words.split('\n')[0] || error.code;
    return { missing: `there is no C++ compiler that works: "${compiler}" failed (${why}).` };
  }
}

async function compileUnits(name, units) {
  const queue = units.filter(
    ({ object, hash }) => !existsSync(object) || readIfExists(`${object}.sha256`) !== hash,
  );
  async function compileNext() {
    for (let unit = queue.shift(); unit !== undefined; unit = queue.shift()) {
      const { file, object, hash } = unit;
      rmSync(`${object}.sha256`, { force: true });
      const parameters = [...flagsOf(name), '-c', file, '-o', object];
      const { stderr } = await run(ADDONS[name].compiler, parameters).catch((error) => {
        queue.length = 0;
        throw new Error(`Compiling ${relative(root, file)} failed:\n${error.stderr || error.message}`);
      });
      if (stderr) process.stderr.write(stderr);
      writeFileSync(`${object}.sha256`, hash);
    }
  }
  await Promise.all(Array.from({ length: availableParallelism() }, compileNext));
}

async function link(name, units, output) {
  const temporary = `${output}.${process.pid}.tmp`; // a process that has loaded the old file keeps it
  const parameters = [...units.map(({ object }) => object), ...linkFlagsOf(name), '-o', temporary];
  await run(ADDONS[name].compiler, parameters).catch((error) => {
    throw new Error(`Linking ${relative(root, output)} failed:\n${error.stderr || error.message}`);
  });
  renameSync(temporary, output);
}

function readIfExists(path) {
  return existsSync(path) ? readFileSync(path, 'utf8') : undefined;
}

if (realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) {
  for (const name of process.argv[2] === undefined ? ADDON_NAMES : [process.argv[2]]) {
    const plan = await planNativeBuild(name);
    if (plan.state === 'missing') {
      const hint = name === 'onednn' ? `\n${installHint()}.` : '';
      console.error(`native/${name} cannot be built: ${plan.message}${hint}`);
      if (name === 'onednn' || process.argv[2] !== undefined) process.exitCode = 3;
      continue;
    }
    await plan.compile?.().catch((error) => {
      console.error(error.message);
      process.exitCode = 1;
    });
  }
}
