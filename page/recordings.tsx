/** @file The gallery: recordings with filters, and those that are selected side by side. */
import { useMemo, useRef, useState, useEffect } from 'preact/hooks';
import type { Recording } from '../src/dashboard/api.js';
import { compact, fileUrl, plural } from './format.js';
import { useJson } from './live.js';
import { SideBySide } from './side-by-side.js';

interface RecordingsProps {
  version: number;
  /** Paths. */
  selected: readonly string[];
  select: (paths: readonly string[]) => void;
}

interface Filter {
  /** '': all. */
  env: string;
  arm: string;
  /** Return at least; '': any. */
  least: string;
  order: keyof typeof ORDERS;
}

const ORDERS = {
  newest: { title: 'newest', compare: (a: Recording, b: Recording) => b.date.localeCompare(a.date) },
  best: {
    title: 'highest return',
    compare: (a: Recording, b: Recording) => (b.return ?? -Infinity) - (a.return ?? -Infinity),
  },
  worst: {
    title: 'lowest return',
    compare: (a: Recording, b: Recording) => (a.return ?? Infinity) - (b.return ?? Infinity),
  },
  longest: { title: 'longest', compare: (a: Recording, b: Recording) => b.seconds - a.seconds },
};
/** Cards that are shown before more are asked for. */
const CARDS = 60;
/** Videos side by side. */
const MOST_SELECTED = 6;

export function Recordings({ version, selected, select }: RecordingsProps) {
  const recordings = useJson<Recording[]>('/api/recordings', version);
  const [filter, setFilter] = useState<Filter>({ env: '', arm: '', least: '', order: 'newest' });
  const [cards, setCards] = useState(CARDS);
  const matching = useMemo(() => matchingOf(recordings ?? [], filter), [recordings, filter]);
  if (recordings === undefined) return <p class="empty">Looking at the recordings …</p>;
  if (recordings.length === 0) {
    return (
      <p class="empty">
        There is no recording yet. <code>npm run record -- --env LunarLander-v3 --policy heuristic</code>{' '}
        makes one.
      </p>
    );
  }
  const change = (part: Partial<Filter>) => {
    setFilter({ ...filter, ...part });
    setCards(CARDS);
  };
  const envs = namesOf(recordings, ({ env }) => env);
  const arms = namesOf(
    recordings.filter(({ env }) => filter.env === '' || env === filter.env),
    ({ arm }) => arm,
  );
  const chosen = selected.flatMap((path) => recordings.find((recording) => recording.path === path) ?? []);
  return (
    <div class="gallery">
      {chosen.length > 0 && (
        <SideBySide
          key={chosen.map(({ path }) => path).join('\n')}
          recordings={chosen}
          onClear={() => select([])}
        />
      )}
      <div class="toolbar settings">
        <Choice
          label="Environment"
          value={filter.env}
          names={envs}
          onChange={(env) => change({ env, arm: '' })}
        />
        <Choice label="Arm" value={filter.arm} names={arms} onChange={(arm) => change({ arm })} />
        <label>
          Return at least{' '}
          <input
            type="number"
            step="any"
            value={filter.least}
            onInput={({ currentTarget }) => change({ least: currentTarget.value })}
          />
        </label>
        <label>
          Order{' '}
          <select
            value={filter.order}
            onChange={({ currentTarget }) => change({ order: currentTarget.value as Filter['order'] })}
          >
            {Object.entries(ORDERS).map(([name, { title }]) => (
              <option key={name} value={name}>
                {title}
              </option>
            ))}
          </select>
        </label>
        <span class="muted" role="status">
          {matching.length.toLocaleString('en')} of {plural(recordings.length, 'recording')}
        </span>
      </div>
      <ul class="cards">
        {matching.slice(0, cards).map((recording) => {
          const { path } = recording;
          const isSelected = selected.includes(path);
          return (
            <Card
              key={path}
              recording={recording}
              selected={isSelected}
              disabled={!isSelected && selected.length >= MOST_SELECTED}
              onSelect={(on) => select(on ? [...selected, path] : selected.filter((one) => one !== path))}
            />
          );
        })}
      </ul>
      {matching.length > cards && (
        <button type="button" onClick={() => setCards(cards + CARDS)}>
          Show more
        </button>
      )}
    </div>
  );
}

function Choice(props: {
  label: string;
  value: string;
  names: readonly string[];
  onChange: (name: string) => void;
}) {
  return (
    <label>
      {props.label}{' '}
      <select value={props.value} onChange={({ currentTarget }) => props.onChange(currentTarget.value)}>
        <option value="">all</option>
        {props.names.map((name) => (
          <option key={name}>{name}</option>
        ))}
      </select>
    </label>
  );
}

interface CardProps {
  recording: Recording;
  selected: boolean;
  disabled: boolean;
  onSelect: (selected: boolean) => void;
}

function Card({ recording, selected, disabled, onSelect }: CardProps) {
  const { path, env, arm, seed, length, seconds, interrupted, width, height } = recording;
  const facts = [
    recording.return !== undefined && `return ${compact(Math.round(recording.return * 100) / 100)}`,
    length !== undefined && plural(length, 'step'),
    `${seconds.toFixed(1)} s`,
    seed !== undefined && `seed ${seed}`,
    interrupted && 'interrupted',
  ];
  const title = `${env}, ${arm}`;
  return (
    <li class={selected ? 'selected' : ''}>
      <LazyVideo url={fileUrl('recordings', path)} title={`${title}: ${path}`} ratio={width / height} />
      <div class="facts">
        <h3>{title}</h3>
        <p class="muted">{facts.filter(Boolean).join(' · ')}</p>
        <label>
          <input
            type="checkbox"
            checked={selected}
            disabled={disabled}
            onChange={({ currentTarget }) => onSelect(currentTarget.checked)}
          />{' '}
          Compare<span class="hidden"> {path}</span>
        </label>
      </div>
    </li>
  );
}

/** A video that is loaded when it comes into sight. */
function LazyVideo({ url, title, ratio }: { url: string; title: string; ratio: number }) {
  const place = useRef<HTMLVideoElement>(null);
  const [seen, setSeen] = useState(false);
  useEffect(() => {
    const observer = new IntersectionObserver((entries) => {
      if (!entries.some(({ isIntersecting }) => isIntersecting)) return;
      setSeen(true);
      observer.disconnect();
    });
    observer.observe(place.current!);
    return () => observer.disconnect();
  }, []);
  return (
    <video
      ref={place}
      src={seen ? url : undefined}
      style={{ aspectRatio: String(ratio) }}
      aria-label={title}
      preload="metadata"
      controls
      muted
      loop
      playsInline
    />
  );
}

function matchingOf(recordings: readonly Recording[], { env, arm, least, order }: Filter): Recording[] {
  const bound = least === '' ? undefined : Number(least);
  return recordings
    .filter((recording) => env === '' || recording.env === env)
    .filter((recording) => arm === '' || recording.arm === arm)
    .filter((recording) => bound === undefined || (recording.return ?? -Infinity) >= bound)
    .sort(ORDERS[order].compare);
}

const namesOf = (recordings: readonly Recording[], of: (recording: Recording) => string) =>
  [...new Set(recordings.map(of))].sort();
