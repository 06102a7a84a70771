/** @file Reports: every html page below the folder of runs. */
import type { RunEntry } from '../src/dashboard/api.js';
import { age, fileUrl } from './format.js';

export function Reports({ entries }: { entries: readonly RunEntry[] | undefined }) {
  const reports = (entries ?? []).flatMap(({ name, pages, changed, kind }) =>
    pages.map((page) => ({ name, page, changed, kind })),
  );
  if (entries === undefined) return <p class="empty">Looking at the runs …</p>;
  if (reports.length === 0) return <p class="empty">There is no report yet in the folder of runs.</p>;
  const now = Date.now();
  return (
    <ul class="reports">
      {reports.map(({ name, page, changed, kind }) => (
        <li key={`${name}/${page}`}>
          <a href={fileUrl('runs', name, page)} target="_blank" rel="noreferrer">
            {name === '' ? page : `${name}/${page}`}
          </a>
          <span class="muted">
            {kind} · {age(changed, now)} ago
          </span>
        </li>
      ))}
    </ul>
  );
}
