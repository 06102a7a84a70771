/** @file One colour for each selected run, which it keeps while it is selected. */
import { useEffect, useRef, useState } from 'preact/hooks';

/** --series-0 ... of style.css. */
const COLOURS = 8;

/** A number of a colour for each run; colours are shared when there are more runs. */
export function useColourSlots(runs: readonly string[]): ReadonlyMap<string, number> {
  const slots = useRef(new Map<string, number>());
  for (const run of slots.current.keys()) if (!runs.includes(run)) slots.current.delete(run);
  for (const run of runs) {
    if (slots.current.has(run)) continue;
    const taken = [...slots.current.values()];
    const uses = Array.from({ length: COLOURS }, (_, slot) => taken.filter((one) => one === slot).length);
    slots.current.set(run, uses.indexOf(Math.min(...uses)));
  }
  return slots.current;
}

/** The value of a colour of style.css, for a canvas. */
export const cssColour = (name: string): string =>
  getComputedStyle(document.documentElement).getPropertyValue(name).trim();

/** Changes with the system's theme. */
export function useDarkMode(): boolean {
  const [query] = useState(() => matchMedia('(prefers-color-scheme: dark)'));
  const [dark, setDark] = useState(query.matches);
  useEffect(() => {
    const follow = () => setDark(query.matches);
    query.addEventListener('change', follow);
    return () => query.removeEventListener('change', follow);
  }, [query]);
  return dark;
}
