/** @file What tests ask the system (Linux) about processes, and whether there is an MPI. */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PROJECT_ROOT } from '../../src/files.js';

/** Of the processes that a process, or one of its own, has started: those that run a script of that name. */
export function scriptsBelow(pid: number, script: string): number[] {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8')
    .trim()
    .split(' ')
    .filter(Boolean);
  return children.map(Number).flatMap((child) => {
    // mpirun has the words of the ranks in its own command line.
    const [program, ...words] = readFileSync(`/proc/${child}/cmdline`, 'utf8').split('\0');
    const matches = program.endsWith('node') && words.some((word) => word.endsWith(script));
    return matches ? [child] : scriptsBelow(child, script);
  });
}

/** Neither gone nor a zombie that its parent has not looked at yet. */
export function isAlive(pid: number): boolean {
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}

/** Whether native/mpi is built and mpirun is there; says so when not. */
export function hasMpi(): boolean {
  const there =
    existsSync(join(PROJECT_ROOT, 'build', 'mpi.node')) && spawnSync('mpirun', ['--version']).status === 0;
  if (!there)
    console.log(
      'Not tested, as there is no MPI (apt-get install openmpi-bin libopenmpi-dev; npm run setup).',
    );
  return there;
}
