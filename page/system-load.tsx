/** @file How busy the machine is: now, and over the last five minutes. */
import type { SystemLoad } from '../src/dashboard/api.js';

const [WIDTH, HEIGHT, SAMPLES] = [90, 22, 150];

export function SystemLoadView({ loads, connected }: { loads: readonly SystemLoad[]; connected: boolean }) {
  const now = loads.at(-1);
  if (!connected) {
    return (
      <p class="load" role="status">
        <span class="dot lost" /> No connection to the server; trying again
      </p>
    );
  }
  if (now === undefined) return <p class="load" />;
  const points = loads
    .map(({ cpu }, i) => {
      const x = WIDTH * (1 - (loads.length - 1 - i) / (SAMPLES - 1));
      return `${x.toFixed(1)},${(HEIGHT - 1 - cpu * (HEIGHT - 2)).toFixed(1)}`;
    })
    .join(' ');
  const gigabytes = (bytes: number) => (bytes / 2 ** 30).toFixed(1);
  return (
    <p class="load">
      <svg width={WIDTH} height={HEIGHT} aria-hidden="true">
        <polyline points={points} fill="none" stroke="currentColor" stroke-width="1.5" />
      </svg>
      <span>
        CPU {Math.round(now.cpu * 100)} % of {now.cores} cores
      </span>
      <span>
        Memory {gigabytes(now.memoryUsed)} / {gigabytes(now.memoryTotal)} GB
      </span>
    </p>
  );
}
