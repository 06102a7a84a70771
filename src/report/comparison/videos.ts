/** @file The report's videos: those of a folder of recordings, side by side for each environment. */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import type { Section, Video } from './document.js';

/** Videos of an environment; further ones are left to the gallery. */
const MOST_OF_ENVIRONMENT = 8;
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

/** @param recordings folders, or single mp4 files; those without a JSON beside them are left out */
export function videosSection(recordings: readonly string[], folder: string): Section | undefined {
  const found = recordings.flatMap(findVideos).flatMap((path) => {
    const facts = path.replace(/\.mp4$/, '.json');
    return existsSync(facts) ? [{ path, facts: JSON.parse(readFileSync(facts, 'utf8')) as Facts }] : [];
  });
  const byEnv = new Map<string, typeof found>();
  for (const one of found) {
    const env = one.facts.env ?? 'other recordings';
    byEnv.set(env, [...(byEnv.get(env) ?? []), one]);
  }
  let left = MOST_BYTES;
  const video = ({ path, facts }: (typeof found)[number]): Video => {
    const { size } = statSync(path);
    const isWithin = size <= left;
    if (isWithin) left -= size;
    const link = relative(folder, path).split(sep).map(encodeURIComponent).join('/');
    const told = [
      facts.return !== undefined && `return ${Number(facts.return.toFixed(1))}`,
      facts.length !== undefined && `${facts.length} steps`,
      facts.seed !== undefined && `seed ${facts.seed}`,
    ];
    return {
      source: isWithin ? `data:video/mp4;base64,${readFileSync(path).toString('base64')}` : link,
      title: facts.arm ?? facts.policy ?? path.slice(path.lastIndexOf(sep) + 1),
      facts: told.filter(Boolean).join(' · '),
    };
  };
  const blocks = [...byEnv].map(([env, videos]) => ({
    kind: 'videos' as const,
    title: env,
    videos: videos.slice(0, MOST_OF_ENVIRONMENT).map(video),
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
