/** @file A report as one HTML file: nothing from elsewhere, light and dark, on paper too. */
import { escapeXml } from '../svg.js';
import type { Block, ReportDocument, Table } from './document.js';
import { PLAYER } from './player.js';

const STYLE = `
:root { color-scheme: light dark; --ground: #fff; --ink: #1f2937; --muted: #596273; --line: #e1e5ea; --accent: #00629b;
  --good: #15803d; --bad: #dc2626; --other: #c2410c; --first: #4e79a7; --last: #3f3f46; --panel: #fafafa; }
@media (prefers-color-scheme: dark) { :root { --ground: #12161c; --ink: #e6eaf0; --muted: #9fabb9; --line: #313a46;
  --accent: #69b7f0; --good: #4ade80; --bad: #f87171; --other: #fb923c; --first: #7fb0de; --last: #c8c8d0; --panel: #171c24; } }
* { box-sizing: border-box; }
body { background: var(--ground); color: var(--ink); font: 16px/1.55 system-ui, sans-serif; margin: 0 auto;
  max-width: 82rem; padding: 1.5rem 1rem 4rem; }
h1 { font-size: 1.7rem; line-height: 1.25; margin: 0.5rem 0; }
h3 { font-size: 1.05rem; margin: 1.6rem 0 0.4rem; }
h2 { border-top: 1px solid var(--line); font-size: 1.25rem; margin: 2.5rem 0 0.8rem; padding-top: 1.2rem; }
.byline, figcaption, caption, .facts { color: var(--muted); }
a { color: var(--accent); }
code { background: color-mix(in srgb, var(--line) 50%, transparent); border-radius: 4px; font: 0.85em ui-monospace, monospace;
  overflow-wrap: anywhere; padding: 0.1em 0.35em; }
code span { display: inline-block; max-width: 100%; }
ul.findings { font-size: 1.08rem; padding-left: 1.2rem; }
li { margin: 0.35rem 0; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; font-size: 0.9rem; margin: 0.5rem 0 1rem; }
caption { padding-bottom: 0.3rem; text-align: left; }
th, td { border-bottom: 1px solid var(--line); padding: 0.3rem 1.2rem 0.3rem 0; text-align: left; vertical-align: top; }
.number { font-variant-numeric: tabular-nums; text-align: right; white-space: nowrap; }
p, ul { max-width: 50rem; }
figure { margin: 0; min-width: 0; }
.figures { align-items: start; display: grid; gap: 1.2rem; grid-template-columns: repeat(auto-fill, minmax(min(34rem, 100%), 1fr));
  margin: 1.2rem 0; }
figure svg, figure img { display: block; height: auto; max-width: 100%; }
/* On a phone charts are moved rather than made too small to read. */
@media (max-width: 40rem) { figure svg { max-width: none; width: 36rem; } }
figure img { border-radius: 6px; }
button { background: none; border: 1px solid var(--accent); border-radius: 6px; color: var(--accent); cursor: pointer;
  font: inherit; margin: 0 0 0.8rem; padding: 0.3rem 0.9rem; }
.videos { display: grid; gap: 1rem; grid-template-columns: repeat(auto-fill, minmax(min(22rem, 100%), 1fr)); }
.videos figure { margin: 0; }
video { background: var(--line); border-radius: 6px; display: block; width: 100%; }
details { font-size: 0.85rem; margin: 0.3rem 0 1rem; }
summary { color: var(--accent); cursor: pointer; }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
@media print { :root { --ground: #fff; --ink: #000; --muted: #444; --line: #ccc; } body { max-width: none; }
  figure, table { break-inside: avoid; } h2 { break-after: avoid; } details, video, button { display: none; } }
`;

export function toHtml({ title, command, date, sections }: ReportDocument): string {
  const body = sections.map(
    (section, i) =>
      `<section aria-labelledby="s${i}">\n<h2 id="s${i}">${escapeXml(section.title)}</h2>\n` +
      `${blocksHtml(section.blocks, i === 0)}\n</section>`,
  );
  const links = sections.map(({ title: name }, i) => `<a href="#s${i}">${escapeXml(name)}</a>`);
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeXml(title)}</title>
<style>${STYLE}</style>
</head>
<body>
<main>
<h1>${escapeXml(title)}</h1>
<p class="byline">${escapeXml(date)} · ${commandHtml(command)}</p>
<nav aria-label="Sections">${links.join(' · ')}</nav>
${body.join('\n')}
</main>
<script>${PLAYER}</script>
</body>
</html>
`;
}

/** Neighbouring figures stand side by side where there is room. */
function blocksHtml(blocks: readonly Block[], isAnswer: boolean): string {
  return blocks
    .map((block, i) => {
      const isFigure = (at: number) => blocks[at]?.kind === 'figure';
      const opening = isFigure(i) && !isFigure(i - 1) ? '<div class="figures">\n' : '';
      const closing = isFigure(i) && !isFigure(i + 1) ? '\n</div>' : '';
      return opening + blockHtml(block, isAnswer) + closing;
    })
    .join('\n');
}

function blockHtml(block: Block, isAnswer: boolean): string {
  switch (block.kind) {
    case 'text':
      return `<p>${escapeXml(block.text)}</p>`;
    case 'heading':
      return `<h3>${escapeXml(block.text)}</h3>`;
    case 'list': {
      const items = block.items.map((item) => `<li>${escapeXml(item)}</li>`).join('\n');
      return `<ul${isAnswer ? ' class="findings"' : ''}>\n${items}\n</ul>`;
    }
    case 'table':
      return tableHtml(block.table);
    case 'command':
      return `<p class="byline">${escapeXml(block.about)}:<br>${commandHtml(block.text)}</p>`;
    case 'figure': {
      const { title, svg, data } = block;
      const numbers =
        data === undefined
          ? ''
          : `\n<details><summary>The numbers: ${escapeXml(title)}</summary>${tableHtml(data)}</details>`;
      return `<figure>${scrolled(title, inlineSvg(svg, title))}${numbers}</figure>`;
    }
    case 'photograph': {
      const { title, image } = block;
      return `<figure><img src="${image}" alt="${attribute(title)}"><figcaption>${escapeXml(title)}</figcaption></figure>`;
    }
    case 'videos': {
      const videos = block.videos.map(
        ({ source, title, facts }) =>
          `<figure><video controls muted loop playsinline preload="metadata" src="${attribute(source)}" ` +
          `aria-label="${attribute(title)}"></video>` +
          `<figcaption><strong>${escapeXml(title)}</strong><br>${escapeXml(facts)}</figcaption></figure>`,
      );
      return `<h3>${escapeXml(block.title)}</h3>\n<div class="videos">\n${videos.join('\n')}\n</div>`;
    }
  }
}

/** Lines break between words only: flags stay whole. */
const commandHtml = (command: string) =>
  `<code>${command
    .split(' ')
    .map((word) => `<span>${escapeXml(word)}</span>`)
    .join(' ')}</code>`;

const attribute = (value: string) => escapeXml(value).replaceAll('>', '&gt;');

/** Digits first, and nothing that reads as words. */
const isNumber = (cell: string) => /^[-+–]?\d[^a-z]*( to [^a-z]*)?$|^$/i.test(cell);

function tableHtml({ caption, header, rows }: Table): string {
  const numeric = header.map((_, column) => column > 0 && rows.every((row) => isNumber(row[column])));
  const headCell = (name: string, i: number) =>
    `<th scope="col"${numeric[i] ? ' class="number"' : ''}>${escapeXml(name)}</th>`;
  const cells = (row: readonly string[]) =>
    row
      .map((cell, i) =>
        i === 0
          ? `<th scope="row">${escapeXml(cell)}</th>`
          : `<td${numeric[i] ? ' class="number"' : ''}>${escapeXml(cell)}</td>`,
      )
      .join('');
  return scrolled(
    caption,
    `<table><caption>${escapeXml(caption)}</caption>\n` +
      `<thead><tr>${header.map(headCell).join('')}</tr></thead>\n` +
      `<tbody>\n${rows.map((row) => `<tr>${cells(row)}</tr>`).join('\n')}\n</tbody></table>`,
  );
}

/** What may be wider than the window moves within it, by the keyboard too. */
const scrolled = (name: string, content: string) =>
  `<div class="scroll" tabindex="0" role="region" aria-label="${attribute(name)}">${content}</div>`;

/** Colours of our SVG documents, and what they become so that they follow light and dark. */
const THEMED: Record<string, string> = {
  '#fff': 'var(--ground)',
  '#1f2937': 'var(--ink)',
  '#6b7280': 'var(--muted)',
  '#e5e7eb': 'var(--line)',
  '#15803d': 'var(--good)',
  '#dc2626': 'var(--bad)',
  '#c2410c': 'var(--other)',
  '#4e79a7': 'var(--first)',
  '#3f3f46': 'var(--last)',
  '#fafafa': 'var(--panel)',
};

/** An SVG document as a part of the page: it scales, follows the theme, and has a name for those who do not see it. */
function inlineSvg(svg: string, title: string): string {
  return svg
    .trim()
    .replace(/(fill|stroke)="(#[0-9a-f]+)"/g, (whole, property: string, colour: string) =>
      colour in THEMED ? `${property}="${THEMED[colour]}"` : whole,
    )
    .replace(/^<svg /, `<svg role="img" aria-label="${attribute(title)}" `);
}
