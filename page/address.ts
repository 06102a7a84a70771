/** @file What is shown is in the address, so that it can be reloaded, kept and sent: #/runs?run=a&run=b */
import { useEffect, useState } from 'preact/hooks';

export const TABS = ['runs', 'recordings', 'reports'] as const;
export type Tab = (typeof TABS)[number];

export interface Address {
  tab: Tab;
  /** What is selected on it: runs, or recordings. Undefined: nobody has chosen yet. */
  selected: string[] | undefined;
}

function read(): Address {
  const [path, query = ''] = location.hash.slice(2).split('?');
  const values = new URLSearchParams(query).getAll('select');
  const tab = TABS.find((name) => name === path) ?? 'runs';
  return { tab, selected: query === '' ? undefined : values.filter((value) => value !== '') };
}

/** The address of a tab with a selection. */
export function addressOf(tab: Tab, selected: readonly string[]): string {
  const values = selected.length === 0 ? [''] : selected;
  return `#/${tab}?${new URLSearchParams(values.map((value) => ['select', value])).toString()}`;
}

/** The address, and a way to select something else. */
export function useAddress(): [Address, (selected: readonly string[]) => void] {
  const [address, setAddress] = useState(read);
  useEffect(() => {
    const follow = () => setAddress(read());
    addEventListener('hashchange', follow);
    return () => removeEventListener('hashchange', follow);
  }, []);
  const select = (selected: readonly string[]) => {
    history.replaceState(null, '', addressOf(read().tab, selected));
    setAddress(read());
  };
  return [address, select];
}
