/** @file A page of all videos of a folder, with their facts: plays locally, without a server. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, sep } from 'node:path';
import { writeFileAtomic } from '../files.js';
import { factsPath, type VideoReport } from './packets.js';

const STYLE = `
:root { color-scheme: light dark; font: 15px/1.5 system-ui, sans-serif; }
body { margin: 2rem auto; max-width: 80rem; padding: 0 1rem; }
main { display: grid; gap: 1.5rem; grid-template-columns: repeat(auto-fill, minmax(20rem, 1fr)); }
figure { border: 1px solid #8884; border-radius: 8px; margin: 0; overflow: hidden; }
video { aspect-ratio: 3 / 2; background: #8882; display: block; width: 100%; }
figcaption { padding: 0.6rem 0.9rem 0.8rem; }
h2 { font-size: 1rem; margin: 0; }
p { color: #888; margin: 0; overflow-wrap: anywhere; }
`;

/**
 * Writes `index.html` into a folder of recordings: every mp4 in it that has its JSON, newest first.
 * @returns the path of the page
 */
export function writeGallery(folder: string): string {
  const videos = findVideos(folder).sort((a, b) => b.facts.date.localeCompare(a.facts.date));
  const figures = videos.map(({ path, facts }) => figure(path, facts));
  const count = `${videos.length} ${videos.length === 1 ? 'recording' : 'recordings'}`;
  const page = join(folder, 'index.html');
  writeFileAtomic(
    page,
    `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${count}</title>
<style>${STYLE}</style>
<h1>${count}</h1>
<main>
${figures.join('\n')}
</main>
</html>
`,
  );
  return page;
}

/** The videos that have facts beside them; paths are relative to the folder, with slashes. */
function findVideos(folder: string): { path: string; facts: VideoReport }[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.mp4') && existsSync(factsPath(join(folder, name))))
    .map((name) => ({
      path: name.replaceAll(sep, '/'),
      facts: JSON.parse(readFileSync(factsPath(join(folder, name)), 'utf8')) as VideoReport,
    }));
}

function figure(path: string, facts: VideoReport): string {
  const { env, policy, return: sum, length, seed, seconds, ending, date } = facts;
  const title = [env ?? path, policy].filter((part) => part !== undefined).join(', ');
  const details = [
    sum !== undefined && `return ${sum.toFixed(1)}`,
    length !== undefined && `${length} steps`,
    `${seconds.toFixed(1)} s`,
    seed !== undefined && `seed ${seed}`,
    ending === 'interrupted' && 'interrupted',
    new Date(date).toISOString().slice(0, 16).replace('T', ' '),
  ];
  const source = path.split('/').map(encodeURIComponent).join('/');
  return `<figure>
<video controls muted loop preload="metadata" src="${source}"></video>
<figcaption><h2>${escape(title)}</h2><p>${escape(details.filter(Boolean).join(' · '))}</p></figcaption>
</figure>`;
}

const ENTITIES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
const escape = (text: string) => text.replace(/[&<>"]/g, (character) => ENTITIES[character]);
