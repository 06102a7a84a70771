/**
 * @file The step that builds the native engine where it can. Where it cannot, training is slower but works: the step
 * says what is missing, and long work that failed is not repeated before something changes or `npm run setup`.
 */
import { installHint, planNativeBuild } from '../build-native.mjs';
import { run, say, SetupError, task } from './progress.mjs';

const ONWARD = 'Until then the next best engine is used, which is slower (npm run doctor).';

/** Debian's packages and the compilation. `memory` keeps what failed between runs: `{ failedBuild, failedPackages }`. */
export function nativeStep(memory) {
  let plan;

  async function isDone() {
    plan = planNativeBuild();
    if (plan.state === 'missing') return (await packagesToInstall()).length === 0;
    return plan.state === 'current' || plan.fingerprint === memory.failedBuild;
  }

  /** Debian packages that are missing and may be installed here, unless that has failed before. */
  async function packagesToInstall() {
    const isRoot = process.getuid?.() === 0;
    if (!isRoot || process.env.ENCODERGYM_SKIP_APT === '1' || memory.failedPackages) return [];
    return missingPackages(process.env.CXX ? ['libdnnl-dev'] : ['g++', 'libdnnl-dev']);
  }

  async function perform() {
    const names = plan.state === 'missing' ? await packagesToInstall() : [];
    if (names.length > 0) {
      const inWords = `Installing Debian packages: ${names.join(' ')} (about 30 s)`;
      await task(inWords, () => installPackages(names)).catch((error) => {
        if (!(error instanceof SetupError)) throw error;
        memory.failedPackages = true;
        say(`${error.message}\nThe set-up goes on without them; \`npm run setup\` tries again.`);
      });
      plan = planNativeBuild();
    }
    if (plan.state !== 'stale') return;
    try {
      await task('Compiling the native engine (about 60 s)', plan.compile);
      delete memory.failedBuild;
    } catch (error) {
      memory.failedBuild = plan.fingerprint;
      say(error.message.split('\n').slice(0, 15).join('\n'));
    }
  }

  /** Two lines when there is no native engine, else nothing. */
  function remark() {
    if (plan.state === 'missing') {
      return `The native engine cannot be built: ${plan.message}\n${installHint()}. ${ONWARD}`;
    }
    if (plan.fingerprint !== undefined && plan.fingerprint === memory.failedBuild) {
      const why = 'its compilation failed (`npm run setup` tries again and shows why)';
      return `The native engine is not built: ${why}.\n${ONWARD}`;
    }
    return undefined;
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
