/**
 * @file Several hosts on one machine, for tests: network namespaces, each with a name and an address of its own, on a
 * bridge that is in one more. Needs root and Linux's `ip`.
 */
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const ip = (...words: string[]) => execFileSync('ip', words, { stdio: 'pipe' });

/** Whether hosts can be made here; says so when not. */
export function hasNamespaces(): boolean {
  try {
    new Hosts(0).remove();
    return true;
  } catch (error) {
    const why = (error as Error).message.split('\n').at(-2) ?? '';
    console.log(`Several hosts are not tested, as network namespaces cannot be made here: ${why}`);
    return false;
  }
}

export class Hosts {
  private readonly name = `eg${process.pid}`;
  private readonly namespaces: string[] = [];

  constructor(count: number) {
    try {
      const bridge = this.add('switch');
      ip('-n', bridge, 'link', 'add', 'br0', 'type', 'bridge');
      ip('-n', bridge, 'link', 'set', 'br0', 'up');
      for (let host = 0; host < count; host++) {
        const own = this.add(String(host));
        const port = `port${host}`;
        ip('-n', own, 'link', 'set', 'lo', 'up');
        ip('link', 'add', 'eth0', 'netns', own, 'type', 'veth', 'peer', 'name', port, 'netns', bridge);
        ip('-n', own, 'address', 'add', `${this.address(host)}/24`, 'dev', 'eth0');
        ip('-n', own, 'link', 'set', 'eth0', 'up');
        ip('-n', bridge, 'link', 'set', port, 'master', 'br0', 'up');
      }
    } catch (error) {
      this.remove();
      throw error;
    }
  }

  address(host: number): string {
    return `10.77.0.${host + 1}`;
  }

  /** A command line that runs another on a host, which is called h0, h1, ... there. */
  on(host: number, ...command: string[]): string[] {
    const named = ['unshare', '--uts', 'sh', '-c', 'hostname $0; exec "$@"', `h${host}`];
    return ['ip', 'netns', 'exec', `${this.name}-${host}`, ...named, ...command];
  }

  /** What OpenMPI is to start its daemons with in place of ssh: a script that is given an address and a command. */
  remoteShell(): string {
    const file = join(mkdtempSync(join(tmpdir(), 'encodergym-hosts-')), 'shell');
    writeFileSync(
      file,
      `#!/bin/sh
host=$((\${1##*.} - 1))
shift
exec ip netns exec ${this.name}-$host unshare --uts sh -c 'hostname h$0; exec sh -c "$*"' $host "$@"
`,
    );
    chmodSync(file, 0o755);
    return file;
  }

  /** Pulls a host's cable out, or plugs it in again. */
  setLink(host: number, state: 'up' | 'down'): void {
    ip('-n', `${this.name}-${host}`, 'link', 'set', 'eth0', state);
  }

  /** Programs that run on the hosts, by their file names: 'node', 'orted'. */
  programs(): string[] {
    return this.processes().flatMap((pid) => {
      try {
        return [readFileSync(`/proc/${pid}/comm`, 'utf8').trim()];
      } catch {
        return []; // it ended after it was listed
      }
    });
  }

  /** Ends what still runs there, and the hosts. */
  remove(): void {
    for (const pid of this.processes()) {
      try {
        process.kill(pid, 'SIGKILL');
      } catch {
        // It ended after it was listed.
      }
    }
    for (const namespace of this.namespaces.splice(0)) ip('netns', 'delete', namespace);
  }

  private processes(): number[] {
    return this.namespaces.flatMap((name) =>
      ip('netns', 'pids', name).toString().split('\n').filter(Boolean).map(Number),
    );
  }

  private add(name: string): string {
    const namespace = `${this.name}-${name}`;
    ip('netns', 'add', namespace);
    this.namespaces.push(namespace);
    return namespace;
  }
}
