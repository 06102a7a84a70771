/** @file Numbers and times as people read them. */

/** Four digits, without zeros that say nothing; powers of ten where they are shorter. */
export function compact(value: number): string {
  if (value !== 0 && (Math.abs(value) >= 1e7 || Math.abs(value) < 1e-4)) return value.toExponential(2);
  return Math.abs(value) >= 1e4
    ? Math.round(value).toLocaleString('en')
    : String(Number(value.toPrecision(4)));
}

/** How long ago a time in milliseconds is: '12 s', '3 min', '2 h', '5 days'. */
export function age(time: number, now: number): string {
  const seconds = Math.max(0, (now - time) / 1000);
  if (seconds < 60) return `${Math.floor(seconds)} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min`;
  if (seconds < 172_800) return `${Math.floor(seconds / 3600)} h`;
  return `${Math.floor(seconds / 86_400)} days`;
}

/** A path below a folder as a url: names are encoded, slashes stay. */
export const fileUrl = (folder: 'runs' | 'recordings', ...paths: string[]): string =>
  ['', folder, ...paths.flatMap((path) => path.split('/')).filter((name) => name !== '')]
    .map(encodeURIComponent)
    .join('/');

export const plural = (count: number, noun: string): string =>
  `${count.toLocaleString('en')} ${noun}${count === 1 ? '' : 's'}`;
