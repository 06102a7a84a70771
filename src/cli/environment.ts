/** @file The processor, for `npm run doctor`. */
import { existsSync, readFileSync } from 'node:fs';
import { availableParallelism, cpus } from 'node:os';

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
