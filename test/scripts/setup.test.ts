/** @file The set-up as npm's hooks run it, in a small project of its own: real npm, real tsc, a real (tiny) addon. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { spawn } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { PROJECT_ROOT } from '../../src/files.js';

const NO_COMPILER = { CXX: '/nonexistent/c++' };
const hasNative = existsSync(join(PROJECT_ROOT, 'build', 'onednn.node'));
const isRoot = process.getuid?.() === 0;

const project = mkdtempSync(join(tmpdir(), 'setup-'));
const at = (path: string) => join(project, path);
afterAll(() => rmSync(project, { recursive: true }));

function write(path: string, content: unknown): void {
  mkdirSync(dirname(at(path)), { recursive: true });
  writeFileSync(at(path), typeof content === 'string' ? content : JSON.stringify(content));
}

/** package.json and package-lock.json of a project whose only package lies in its folder "tools". */
function writePackages(version: string, inLock = 'typescript'): void {
  const dependencies = (name: string) => ({ [name]: 'file:tools/typescript' });
  const packages = {
    '': { name: 'small', version, dependencies: dependencies(inLock) },
    'tools/typescript': { version: '1.0.0' },
    [`node_modules/${inLock}`]: { resolved: 'tools/typescript', link: true },
  };
  write('package.json', { name: 'small', version, dependencies: dependencies('typescript') });
  write('package-lock.json', { name: 'small', version, lockfileVersion: 3, requires: true, packages });
}

interface Result {
  code: number | null;
  stdout: string;
  stderr: string;
}

function setUp(env: Record<string, string> = {}, ...flags: string[]): Promise<Result> {
  const child = spawn(process.execPath, [at('scripts/setup.mjs'), ...flags], {
    cwd: project,
    env: { ...process.env, ENCODERGYM_SKIP_SETUP: '', ENCODERGYM_SKIP_APT: '1', ...env },
  });
  const result = { code: null, stdout: '', stderr: '' };
  child.stdout.on('data', (chunk) => (result.stdout += String(chunk)));
  child.stderr.on('data', (chunk) => (result.stderr += String(chunk)));
  return new Promise((resolve) => child.on('close', (code) => resolve({ ...result, code })));
}

const NOTHING: Result = { code: 0, stdout: '', stderr: '' };
/** What is said each time when there is no compiler. */
const REMARK =
  /^The native engine cannot be built: there is no C\+\+ compiler that works: "\/nonexistent\/c\+\+" failed \(ENOENT\)\.\nInstall .*\. Until then the next best engine is used.*\n$/;

beforeAll(async () => {
  cpSync(join(PROJECT_ROOT, 'scripts'), at('scripts'), { recursive: true });
  const compilerOptions = { target: 'ES2022', lib: ['ES5'], types: [], rootDir: '.', outDir: 'build' };
  write('tsconfig.json', {
    compilerOptions: { ...compilerOptions, incremental: true, skipLibCheck: true },
    include: ['src', 'test'],
  });
  write('native/onednn/addon.cc', '#include <dnnl_version.h>\nextern "C" int answer() { return 42; }\n');
  write('src/main.ts', 'export const answer: number = 42;\n');
  write('test/old.test.ts', 'export {};\n');
  write('tools/typescript/package.json', { name: 'typescript', version: '1.0.0' });
  const tsc = join(PROJECT_ROOT, 'node_modules', 'typescript', 'lib', 'tsc.js');
  write('tools/typescript/bin/tsc', `require(${JSON.stringify(tsc)});\n`);
  writePackages('1.0.0');
  const { code, stdout, stderr } = await setUp(NO_COMPILER);
  expect({ code, stdout }).toEqual({ code: 0, stdout: '' });
  expect(stderr).toMatch(/^Installing npm packages .*done in .*\nCompiling TypeScript .*done in .*\n/);
});

describe('a fresh clone', () => {
  test('is built, and the missing compiler is named, now and later', async () => {
    expect(existsSync(at('build/src/main.js'))).toBe(true);
    const { code, stderr } = await setUp(NO_COMPILER);
    expect(code).toBe(0);
    expect(stderr).toMatch(REMARK);
  });

  test('with a part gone or changed gets this part only', async () => {
    rmSync(at('build/src/main.js'));
    expect((await setUp(NO_COMPILER)).stderr).toMatch(/^Compiling TypeScript [^\n]*\nThe native/);
    expect(existsSync(at('build/src/main.js'))).toBe(true);

    rmSync(at('test/old.test.ts'));
    expect((await setUp(NO_COMPILER)).stderr).toMatch(/^Compiling TypeScript [^\n]*\nThe native/);
    expect(existsSync(at('build/test/old.test.js'))).toBe(false);

    writePackages('1.0.1');
    const { code, stderr } = await setUp({}, '--packages-only');
    expect(code).toBe(0);
    expect(stderr).toMatch(/^Installing npm packages [^\n]*done in [^\n]*\n$/);
    expect(await setUp({}, '--packages-only')).toEqual(NOTHING);
  });

  test('is left alone when told to', async () => {
    write('src/main.ts', 'not TypeScript');
    expect(await setUp({ ENCODERGYM_SKIP_SETUP: '1' })).toEqual(NOTHING);
    write('src/main.ts', 'export const answer: number = 42;\n');
  });
});

describe('what cannot be set up ends with exit code 1', () => {
  test('a type error, each time', async () => {
    write('src/main.ts', 'export const answer: string = 42;\n');
    for (let time = 0; time < 2; time++) {
      const { code, stderr } = await setUp(NO_COMPILER);
      expect(code).toBe(1);
      expect(stderr).toMatch(/failed\nTypeScript found errors:\n {2}src\/main\.ts\(1,14\): error TS2322/);
    }
    write('src/main.ts', 'export const answer: number = 42;\n');
  });

  test('packages that npm refuses to install', async () => {
    writePackages('1.0.1', 'something-else');
    const { code, stderr } = await setUp(NO_COMPILER);
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /failed\nnpm could not install the packages:\n[^]*can only install packages when your package\.json/,
    );
    expect(stderr).toMatch(/then run the same command again\.\n$/);
    writePackages('1.0.1');
    expect((await setUp(NO_COMPILER)).code).toBe(0);
  });
});

test("the dashboard's page is built once, again when it changes, and what is wrong with it is told", async () => {
  // A stand-in for vite: it copies the page.
  write(
    'node_modules/vite/bin/vite.js',
    "const fs = require('fs'); fs.cpSync('page', 'build/page', { recursive: true });\n" +
      "if (fs.readFileSync('page/index.html', 'utf8') === 'wrong') { console.log('page/index.html: wrong'); process.exit(1); }\n",
  );
  write('page/index.html', 'one');
  const built = /^Building the dashboard's page .*done in .*\n/;
  expect((await setUp(NO_COMPILER)).stderr).toMatch(built);
  expect(readFileSync(at('build/page/index.html'), 'utf8')).toBe('one');
  expect((await setUp(NO_COMPILER)).stderr).not.toMatch(built);
  write('page/index.html', 'wrong');
  const { code, stderr } = await setUp(NO_COMPILER);
  expect(code).toBe(1);
  expect(stderr).toMatch(/failed\nThe dashboard's page could not be built:\n {2}page\/index\.html: wrong\n/);
  write('page/index.html', 'two');
  expect((await setUp(NO_COMPILER)).stderr).toMatch(built);
  rmSync(at('page'), { recursive: true });
});

describe('several at a time', () => {
  beforeEach(() => rmSync(at('build/src/main.js'), { force: true }));

  test('one does the work, the other waits for it', async () => {
    const results = await Promise.all([setUp(NO_COMPILER), setUp(NO_COMPILER)]);
    expect(results.map(({ code }) => code)).toEqual([0, 0]);
    expect(results.filter(({ stderr }) => stderr.includes('Compiling TypeScript'))).toHaveLength(1);
    expect(existsSync(at('build/setup.lock'))).toBe(false);
  });

  test.each([
    ['a process that is gone', { pid: 2 ** 22 + 1, host: hostname() }, 0],
    ['a process elsewhere, untouched for a minute', { pid: 1, host: 'elsewhere' }, 60],
  ])('the lock of %s is taken over', async (_, holder, age) => {
    write('build/setup.lock', holder);
    const touched = Date.now() / 1000 - age;
    utimesSync(at('build/setup.lock'), touched, touched);
    const { code, stderr } = await setUp(NO_COMPILER);
    expect(code).toBe(0);
    expect(stderr).toMatch(/^Compiling TypeScript/);
    expect(existsSync(at('build/setup.lock'))).toBe(false);
  });

  test('a lock that is held is waited for', async () => {
    write('build/setup.lock', { pid: process.pid, host: hostname() });
    const waiting = setUp(NO_COMPILER);
    await new Promise((resolve) => setTimeout(resolve, 1000));
    expect(existsSync(at('build/src/main.js'))).toBe(false);
    rmSync(at('build/setup.lock'));
    expect((await waiting).stderr).toMatch(
      new RegExp(`^Another set-up is at work in this folder \\(process ${process.pid}\\).*\nCompiling`),
    );
  });
});

(hasNative ? describe : describe.skip)('the native engine', () => {
  test('is compiled once, and serves on when the compiler is gone', async () => {
    expect((await setUp()).stderr).toMatch(/^Compiling the native engine .*done in .*\n$/);
    expect(existsSync(at('build/onednn.node'))).toBe(true);
    expect(await setUp()).toEqual(NOTHING);
    expect(await setUp(NO_COMPILER)).toEqual(NOTHING);
  });

  test('that does not compile is not tried again before it changes, or before --retry', async () => {
    write('native/onednn/addon.cc', 'int answer() { return "42"; }\n');
    const first = await setUp();
    expect(first.code).toBe(0);
    expect(first.stderr).toMatch(/failed\nCompiling native\/onednn\/addon\.cc failed:\n[^]*next best engine/);
    expect((await setUp()).stderr).toMatch(/^The native engine is not built: its compilation failed/);
    expect((await setUp({}, '--retry')).stderr).toMatch(/^Compiling the native engine .*failed\n/);
    write('native/onednn/addon.cc', 'extern "C" int answer() { return 42; }\n');
    expect((await setUp()).stderr).toMatch(/^Compiling the native engine .*done in .*\n$/);
  });

  // Stand-ins for Debian's programs, found first because nothing else is on the path.
  (isRoot ? test : test.skip)("gets Debian's packages when root, and asks for them once", async () => {
    const debian = { PATH: at('bin'), ENCODERGYM_SKIP_APT: '', CXX: '' };
    const script = (name: string, body: string) => {
      write(`bin/${name}`, `#!/bin/sh\n${body}\n`);
      chmodSync(at(`bin/${name}`), 0o755);
    };
    rmSync(at('build/onednn.node'));
    script('dpkg-query', `[ -e ${at('installed')} ] && echo "g++ installed\nlibdnnl-dev installed"`);
    script('apt-get', `echo "$@" >> ${at('apt.log')}; echo 'E: Unable to locate package libdnnl-dev'`);
    const refused = await setUp(debian);
    expect(refused.code).toBe(0);
    expect(refused.stderr).toMatch(
      /^Installing Debian packages: g\+\+ libdnnl-dev .*failed\napt-get did not install g\+\+ libdnnl-dev\.\nE: Unable/,
    );
    const calls = readFileSync(at('apt.log'), 'utf8');
    expect(calls).toMatch(/^update .*\ninstall -y -q --no-install-recommends .* g\+\+ libdnnl-dev\n$/);
    expect((await setUp(debian)).stderr).toMatch(/^The native engine cannot be built/);
    expect(readFileSync(at('apt.log'), 'utf8')).toBe(calls);

    const compiler = 'PATH=/usr/local/bin:/usr/bin:/bin exec c++ "$@"';
    script(
      'apt-get',
      `printf '#!/bin/sh\\n%s\\n' '${compiler}' > ${at('bin/c++')}
/bin/chmod +x ${at('bin/c++')}; : > ${at('installed')}`,
    );
    const retried = await setUp(debian, '--retry');
    expect(retried.stderr).toMatch(
      /^Installing Debian packages: .*done in .*\nCompiling the native engine .*done/,
    );
    expect(existsSync(at('build/onednn.node'))).toBe(true);
  });
});
