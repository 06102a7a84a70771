/** @file What this machine and installation have, for `npm run doctor`: processor, packages, canvas, video encoder. */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { availableParallelism, cpus } from 'node:os';
import { join } from 'node:path';
import { PROJECT_ROOT } from '../files.js';

export interface Cpu {
  model: string;
  /** That this process may use. */
  cores: number;
  /** Vector instructions, as far as the system tells. */
  features: string[];
}

/** Linux's names of instruction sets that matter to an engine, and those that people know. */
const FEATURES: Record<string, string> = {
  avx2: 'AVX2',
  fma: 'FMA',
  avx512f: 'AVX-512',
  avx512_vnni: 'VNNI',
  avx512_bf16: 'BF16',
  amx_tile: 'AMX',
  asimd: 'NEON',
  sve: 'SVE',
};

/** The processor; `cpuInfo` is where Linux describes it. */
export function describeCpu(cpuInfo = '/proc/cpuinfo'): Cpu {
  const flags = existsSync(cpuInfo)
    ? new Set(/^(?:flags|Features)\s*:(.*)$/m.exec(readFileSync(cpuInfo, 'utf8'))?.[1].split(/\s+/))
    : new Set<string>();
  return {
    model: cpus()[0]?.model.trim() ?? 'unknown',
    cores: availableParallelism(),
    features: Object.keys(FEATURES)
      .filter((flag) => flags.has(flag))
      .map((flag) => FEATURES[flag]),
  };
}

/** The version of an installed package, or of the project itself for '.'; undefined when it is not there. */
export function packageVersion(name: string): string | undefined {
  const folder = name === '.' ? PROJECT_ROOT : join(PROJECT_ROOT, 'node_modules', name);
  const path = join(folder, 'package.json');
  if (!existsSync(path)) return undefined;
  return (JSON.parse(readFileSync(path, 'utf8')) as { version: string }).version;
}

/** Something optional: which was found and where, or why none. */
export interface Found {
  name?: string;
  version?: string;
  path?: string;
  /** One line on each that was not taken. */
  others: Record<string, string>;
}

/** The canvas package that paints: the one with a binary inside npm, else the one that must be compiled. */
export async function findCanvas(): Promise<Found> {
  const found: Found = { others: {} };
  for (const name of ['@napi-rs/canvas', 'canvas']) {
    const version = packageVersion(name);
    if (version === undefined) {
      found.others[name] = `not installed: npm install ${name}`;
      continue;
    }
    try {
      await import(name);
    } catch (error) {
      found.others[name] = `installed, but does not load: ${(error as Error).message.split('\n')[0]}`;
      continue;
    }
    if (found.name === undefined) Object.assign(found, { name, version });
    else found.others[name] = `works (${version})`;
  }
  return found;
}

/** The ffmpeg that writes videos: FFMPEG_BIN, then the package ffmpeg-static, then the system's. */
export async function findVideoEncoder(environment: NodeJS.ProcessEnv = process.env): Promise<Found> {
  const found: Found = { others: {} };
  const named = environment.FFMPEG_BIN;
  const candidates: [name: string, path: string | undefined, missing: string][] = [
    ['FFMPEG_BIN', named === '' ? undefined : named, 'not set'],
    ['ffmpeg-static', await ffmpegStatic(), 'not installed: npm install ffmpeg-static'],
    ['system ffmpeg', 'ffmpeg', ''],
  ];
  for (const [name, path, missing] of candidates) {
    const version = path === undefined ? undefined : ffmpegVersion(path);
    if (version === undefined) found.others[name] = path === undefined ? missing : `cannot be run: ${path}`;
    else if (found.name === undefined) Object.assign(found, { name, version, path });
    else found.others[name] = `works (${version})`;
  }
  if (found.name !== 'system ffmpeg' && found.others['system ffmpeg'].startsWith('cannot')) {
    found.others['system ffmpeg'] = 'not found (Debian: apt-get install ffmpeg; macOS: brew install ffmpeg)';
  }
  return found;
}

/** The package exports the path of a file that its install script may not have been able to download. */
async function ffmpegStatic(): Promise<string | undefined> {
  if (packageVersion('ffmpeg-static') === undefined) return undefined;
  const name = 'ffmpeg-static';
  const { default: path } = (await import(name)) as { default: string | null };
  return path ?? undefined;
}

function ffmpegVersion(path: string): string | undefined {
  try {
    const text = execFileSync(path, ['-version'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
    return /^ffmpeg version (\S+)/.exec(text)?.[1];
  } catch {
    return undefined;
  }
}
