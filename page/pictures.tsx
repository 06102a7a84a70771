/** @file Pictures and reports that the selected runs left in their folders. */
import type { RunEntry } from '../src/dashboard/api.js';
import { fileUrl } from './format.js';

export function Pictures({ entries }: { entries: readonly RunEntry[] }) {
  const withFiles = entries.filter(({ pages, pictures }) => pages.length + pictures.length > 0);
  if (withFiles.length === 0) return null;
  return (
    <section aria-label="Pictures and reports">
      <h2>Pictures and reports</h2>
      {withFiles.map(({ name, pages, pictures }) => (
        <div key={name}>
          <h3>{name || 'this folder'}</h3>
          {pages.map((page) => (
            <p key={page}>
              <a href={fileUrl('runs', name, page)} target="_blank" rel="noreferrer">
                {page}
              </a>
            </p>
          ))}
          <div class="pictures">
            {onePerName(pictures).map((picture) => {
              const url = fileUrl('runs', name, picture);
              return (
                <a key={picture} href={url} target="_blank" rel="noreferrer">
                  <img src={url} alt={`${picture} of ${name}`} loading="lazy" />
                  <span>{picture}</span>
                </a>
              );
            })}
          </div>
        </div>
      ))}
    </section>
  );
}

/** Of a picture that is there as svg and png, the svg. */
function onePerName(pictures: readonly string[]): string[] {
  return pictures.filter(
    (picture) => picture.endsWith('.svg') || !pictures.includes(picture.replace(/png$/, 'svg')),
  );
}
