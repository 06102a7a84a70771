/** @file The list of runs, with a filter. */
import { memo } from 'preact/compat';
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { RunEntry } from '../src/dashboard/api.js';
import { age, compact } from './format.js';

interface RunListProps {
  entries: readonly RunEntry[];
  selected: readonly string[];
  colours: ReadonlyMap<string, number>;
  select: (runs: readonly string[]) => void;
}

/** As many as the server follows for one page. */
const MOST_SELECTED = 32;

export function RunList({ entries, selected, colours, select }: RunListProps) {
  const [filter, setFilter] = useState('');
  const input = useRef<HTMLInputElement>(null);
  useSlashKey(input);
  const words = filter.toLowerCase().split(/\s+/).filter(Boolean);
  const matching = useMemo(
    () =>
      entries.filter(({ name, kind, dataset = '', state }) => {
        const text = `${name} ${kind} ${dataset} ${state}`.toLowerCase();
        return words.every((word) => text.includes(word));
      }),
    [entries, filter],
  );
  const isFull = selected.length >= MOST_SELECTED;
  // The rows ask for the newest selection when they are clicked; they are not drawn again for each other.
  const newest = useRef(selected);
  newest.current = selected;
  const toggle = useRef((run: string, isSelected: boolean) => {
    const rest = newest.current.filter((name) => name !== run);
    select(isSelected ? [...rest, run] : rest);
  });
  const now = Date.now();
  return (
    <aside class="run-list" aria-label="Runs">
      <div class="filter">
        <input
          ref={input}
          type="search"
          value={filter}
          placeholder="Filter runs ( / )"
          aria-label="Filter runs by name, command, data set or state"
          onInput={({ currentTarget }) => setFilter(currentTarget.value)}
        />
        <p class="muted">
          <span role="status">
            {matching.length.toLocaleString('en')} of {entries.length.toLocaleString('en')}
          </span>
          <button type="button" disabled={selected.length === 0} onClick={() => select([])}>
            Clear selection
          </button>
        </p>
      </div>
      <ul tabIndex={-1}>
        {matching.map((entry) => {
          const isSelected = selected.includes(entry.name);
          return (
            <Row
              key={entry.name}
              entry={entry}
              colour={isSelected ? colours.get(entry.name) : undefined}
              disabled={isFull && !isSelected}
              ago={age(entry.changed, now)}
              toggle={toggle.current}
            />
          );
        })}
      </ul>
    </aside>
  );
}

interface RowProps {
  entry: RunEntry;
  /** Undefined: not selected. */
  colour: number | undefined;
  disabled: boolean;
  ago: string;
  toggle: (run: string, selected: boolean) => void;
}

const STATES = { live: 'live', quiet: 'not finished', finished: 'finished' };

const Row = memo(function Row({ entry, colour, disabled, ago, toggle }: RowProps) {
  const { name, kind, dataset, state, epoch, step } = entry;
  const slash = name.lastIndexOf('/') + 1;
  const isSelected = colour !== undefined;
  const facts = [
    epoch !== undefined && step !== undefined && epoch !== step
      ? `epoch ${compact(Math.round(epoch * 100) / 100)}`
      : step !== undefined && `step ${step.toLocaleString('en')}`,
    kind,
    dataset,
  ];
  return (
    <li>
      <label class={isSelected ? 'selected' : ''}>
        <input
          type="checkbox"
          checked={isSelected}
          disabled={disabled}
          onChange={({ currentTarget }) => toggle(name, currentTarget.checked)}
        />
        <span class={`swatch ${isSelected ? `colour-${colour}` : 'none'}`} />
        <span class="name">
          <span class="muted">{name.slice(0, slash)}</span>
          {name.slice(slash) || 'this folder'}
        </span>
        <span class={`state ${state}`}>{STATES[state]}</span>
        <span class="facts muted">{facts.filter(Boolean).join(' · ')}</span>
        <span class="ago muted">{ago} ago</span>
      </label>
    </li>
  );
});

/** The slash key goes to the filter, as elsewhere. */
function useSlashKey(input: { current: HTMLInputElement | null }): void {
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      const isTyping =
        event.target instanceof HTMLElement && event.target.matches('input[type=search], select');
      if (event.key !== '/' || isTyping || event.ctrlKey || event.metaKey) return;
      event.preventDefault();
      input.current?.focus();
    };
    addEventListener('keydown', onKey);
    return () => removeEventListener('keydown', onKey);
  }, []);
}
