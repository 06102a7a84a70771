/**
 * @file The step that builds the native engine where it can. Where it cannot, training is slower but works: the step
 * says what is missing, and long work that failed is not repeated before something changes or `npm run setup`.
 */
import { installHint, planNativeBuild } from '../build-native.mjs';
import { lastLines, run, say, SetupError, task } from './progress.mjs';

const ONWARD = 'Until then the next best engine is used, which is slower (see npm run doctor).';

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
    const wanted = process.env.CXX ? ['libdnnl-dev'] : ['g++', 'libdnnl-dev'];
    const query = await run('dpkg-query', ['-W', '-f=${Package} ${db:Status-Status}\n', ...wanted]);
    if (/ENOENT/.test(query.output)) return []; // not Debian
    return wanted.filter((name) => !query.output.split('\n').includes(`${name} installed`));
  }

  async function installPackages(names) {
    const options = { env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } };
    const wait = ['-o', 'DPkg::Lock::Timeout=120'];
    await task(`Installing Debian packages: ${names.join(' ')} (about 30 s)`, async () => {
      const update = await run('apt-get', ['update', '-q', ...wait], options);
      const install = ['install', '-y', '-q', '--no-install-recommends', ...wait, ...names];
      const { ok, output } = await run('apt-get', install, options);
      if (!ok) throw new SetupError(lastLines(update.ok ? output : `${update.output}\n${output}`, 4));
    });
  }

  async function perform() {
    const names = plan.state === 'missing' ? await packagesToInstall() : [];
    if (names.length > 0) {
      try {
        await installPackages(names);
      } catch (error) {
        if (!(error instanceof SetupError)) throw error;
        memory.failedPackages = true;
        say(`${error.message}\nThe set-up goes on without them; \`npm run setup\` tries again.`);
      }
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
      return `The native engine cannot be built: ${plan.message}\n${installHint()} - ${ONWARD}`;
    }
    if (plan.fingerprint !== undefined && plan.fingerprint === memory.failedBuild) {
      const why = 'its compilation failed (`npm run setup` tries again and shows why)';
      return `The native engine is not built: ${why}.\n${ONWARD}`;
    }
    return undefined;
  }
  return { isDone, perform, remark };
}
