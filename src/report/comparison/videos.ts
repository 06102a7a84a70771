/** @file The report's videos: those of a folder of recordings, side by side for each environment. */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, join, relative, sep } from 'node:path';
import type { Section, Video } from './document.js';

/** Videos of an environment; further ones are left to the gallery. */
const MOST_OF_ENVIRONMENT = 12;
/** Bytes of video that go into the file itself; further ones are links. */
const MOST_BYTES = 24 * 2 ** 20;

interface Facts {
  env?: string;
  arm?: string;
  policy?: string;
  seed?: number;
  return?: number;
  length?: number;
  seconds?: number;
}

interface Found {
  path: string;
  facts: Facts;
}

/** The videos of eval:rl: ...-arms.mp4 has all arms in it. */
const isSideBySide = (path: string) => path.endsWith('-arms.mp4');

/** @param recordings folders, or single mp4 files; those without a JSON beside them are left out */
export function videosSection(recordings: readonly string[], folder: string): Section | undefined {
  const found = recordings.flatMap(findVideos).flatMap((path): Found[] => {
    const facts = path.replace(/\.mp4$/, '.json');
    return existsSync(facts) ? [{ path, facts: JSON.parse(readFileSync(facts, 'utf8')) as Facts }] : [];
  });
  const byEnv = new Map<string, Found[]>();
  for (const one of found) {
    const env = one.facts.env ?? 'other recordings';
    byEnv.set(env, [...(byEnv.get(env) ?? []), one]);
  }
  let left = MOST_BYTES;
  const video = ({ path, facts }: Found): Video => {
    const { size } = statSync(path);
    const isWithin = size <= left;
    if (isWithin) left -= size;
    const link = relative(folder, path).split(sep).map(encodeURIComponent).join('/');
    const told = [
      /-(best|median)-episode-\d+\.mp4$/.exec(path)?.[1],
      facts.return !== undefined && `return ${Number(facts.return.toFixed(1))}`,
      facts.length !== undefined && `${facts.length} steps`,
      facts.seed !== undefined && `seed ${facts.seed}`,
    ];
    return {
      source: isWithin ? `data:video/mp4;base64,${readFileSync(path).toString('base64')}` : link,
      title: isSideBySide(path) ? 'all arms, side by side' : (facts.arm ?? facts.policy ?? basename(path)),
      facts: told.filter(Boolean).join(' · '),
    };
  };
  const blocks = [...byEnv].map(([env, videos]) => ({
    kind: 'videos' as const,
    title: env,
    videos: [...videos]
      .sort((a, b) => Number(isSideBySide(b.path)) - Number(isSideBySide(a.path)))
      .slice(0, MOST_OF_ENVIRONMENT)
      .map(video),
  }));
  return blocks.length === 0 ? undefined : { title: 'Videos', blocks };
}

function findVideos(place: string): string[] {
  if (!existsSync(place)) return [];
  if (statSync(place).isFile()) return place.endsWith('.mp4') ? [place] : [];
  const files = readdirSync(place, { recursive: true, encoding: 'utf8' });
  return files
    .filter((file) => file.endsWith('.mp4'))
    .sort()
    .map((file) => join(place, file));
}
