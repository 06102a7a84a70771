/** @file The frame of the page: tabs, the machine's load, and what the address says is shown. */
import { TABS, useAddress } from './address.js';
import { useLive } from './live.js';
import { Recordings } from './recordings.js';
import { Reports } from './reports.js';
import { Runs } from './runs.js';
import { SystemLoadView } from './system-load.js';

const TITLES = { runs: 'Runs', recordings: 'Recordings', reports: 'Reports' };

export function App() {
  const live = useLive();
  const [{ tab, selected }, select] = useAddress();
  return (
    <>
      <header>
        <strong class="wordmark">encodergym</strong>
        <nav aria-label="Views">
          {TABS.map((name) => (
            <a key={name} href={`#/${name}`} aria-current={name === tab ? 'page' : undefined}>
              {TITLES[name]}
            </a>
          ))}
        </nav>
        <SystemLoadView loads={live.loads} connected={live.connected} />
      </header>
      <main>
        <h1 class="hidden">{TITLES[tab]}</h1>
        {tab === 'runs' && <Runs entries={live.runs} selected={selected} select={select} />}
        {tab === 'recordings' && (
          <Recordings version={live.recordings} selected={selected ?? []} select={select} />
        )}
        {tab === 'reports' && <Reports entries={live.runs} />}
      </main>
    </>
  );
}
