/**
 * @file The steps that build the addons where they can be. Without the native engine training is slower but works: its
 * step says what is missing; without the others there is nothing to say. Long work that failed is not repeated before
 * something changes or `npm run setup`.
 */
import { ADDON_NAMES, installHint, planNativeBuild, titleOf } from '../build-native.mjs';
import { run, say, SetupError, task } from './progress.mjs';

const ONWARD = 'Until then the next best engine is used, which is slower (npm run doctor).';

/** A step for each addon. `memory` keeps what failed between runs: `{ failedBuilds, failedPackages }`. */
export function nativeSteps(memory) {
  return ADDON_NAMES.map((name) => (name === 'onednn' ? engineStep(memory) : addonStep(name, memory)));
}

/** Compiles an addon, if what it needs is there. */
function addonStep(name, memory) {
  let plan;

  async function isDone() {
    plan = await planNativeBuild(name);
    return plan.state !== 'stale' || hasFailed();
  }

  const hasFailed = () => plan.fingerprint !== undefined && plan.fingerprint === memory.failedBuilds?.[name];

  async function perform() {
    try {
      await task(`Compiling ${titleOf(name)}`, plan.compile);
      delete memory.failedBuilds?.[name];
    } catch (error) {
      memory.failedBuilds = { ...memory.failedBuilds, [name]: plan.fingerprint };
      say(error.message.split('\n').slice(0, 15).join('\n'));
    }
  }
  return { isDone, perform, hasFailed, missing: () => (plan.state === 'missing' ? plan.message : undefined) };
}

/** The native engine: Debian's packages that it needs where they may be installed, and its compilation. */
function engineStep(memory) {
  const build = addonStep('onednn', memory);

  async function isDone() {
    const built = await build.isDone();
    return built && (build.missing() === undefined || (await packagesToInstall()).length === 0);
  }

  /** Debian packages that are missing and may be installed here, unless that has failed before. */
  async function packagesToInstall() {
    const isRoot = process.getuid?.() === 0;
    if (!isRoot || process.env.ENCODERGYM_SKIP_APT === '1' || memory.failedPackages) return [];
    return missingPackages(process.env.CXX ? ['libdnnl-dev'] : ['g++', 'libdnnl-dev']);
  }

  async function perform() {
    const names = build.missing() === undefined ? [] : await packagesToInstall();
    if (names.length > 0) {
      const inWords = `Installing Debian packages: ${names.join(' ')} (about 30 s)`;
      await task(inWords, () => installPackages(names)).catch((error) => {
        if (!(error instanceof SetupError)) throw error;
        memory.failedPackages = true;
        say(`${error.message}\nThe set-up goes on without them; \`npm run setup\` tries again.`);
      });
    }
    if (!(await build.isDone())) await build.perform();
  }

  /** Two lines when there is no native engine, else nothing. */
  function remark() {
    if (build.missing() !== undefined) {
      return `The native engine cannot be built: ${build.missing()}\n${installHint()}. ${ONWARD}`;
    }
    if (!build.hasFailed()) return undefined;
    const why = 'its compilation failed (`npm run setup` tries again and shows why)';
    return `The native engine is not built: ${why}.\n${ONWARD}`;
  }
  return { isDone, perform, remark };
}

/** Those of `names` that dpkg knows not to be installed; none where there is no dpkg. */
async function missingPackages(names) {
  const { output } = await run('dpkg-query', ['-W', '-f=${Package} ${db:Status-Status}\n', ...names]);
  if (/ENOENT/.test(output)) return [];
  return names.filter((name) => !output.split('\n').includes(`${name} installed`));
}

async function installPackages(names) {
  const options = { env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } };
  const wait = ['-o', 'DPkg::Lock::Timeout=120'];
  const update = await run('apt-get', ['update', '-q', ...wait], options);
  const flags = ['-y', '-q', '--no-install-recommends'];
  const install = await run('apt-get', ['install', ...flags, ...wait, ...names], options);
  // Not by apt-get's exit code: where it does not know g++, it takes the name for a pattern and is content.
  const missing = await missingPackages(names);
  if (missing.length === 0) return;
  const complaints = `${update.output}\n${install.output}`.split('\n').filter((line) => /^E: /.test(line));
  throw new SetupError([`apt-get did not install ${missing.join(' ')}.`, ...complaints.slice(-4)].join('\n'));
}
