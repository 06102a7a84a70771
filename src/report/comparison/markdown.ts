/** @file A report as Markdown: all but the pictures and videos. */
import type { Block, ReportDocument, Table } from './document.js';

export function toMarkdown({ title, command, date, sections }: ReportDocument): string {
  const parts = sections.flatMap(({ title: heading, blocks }) => {
    const texts = blocks.map(blockMarkdown).filter(Boolean);
    return texts.length === 0 ? [] : [[`## ${heading}`, ...texts].join('\n\n')];
  });
  return `${[`# ${title}`, date, `\`${command}\``, ...parts].join('\n\n')}\n`;
}

function blockMarkdown(block: Block): string {
  switch (block.kind) {
    case 'heading':
      return ''; // of pictures only
    case 'text':
      return block.text;
    case 'list':
      return block.items.map((item) => `- ${item}`).join('\n');
    case 'table':
      return tableMarkdown(block.table);
    case 'command':
      return `${block.about}:\n\n\`${block.text}\``;
    case 'figure':
    case 'photograph':
    case 'videos':
      return '';
  }
}

const escape = (cell: string) => cell.replaceAll('|', '\\|');

function tableMarkdown({ caption, header, rows }: Table): string {
  const line = (cells: readonly string[]) => `| ${cells.map(escape).join(' | ')} |`;
  return [`${caption}:`, '', line(header), line(header.map(() => '---')), ...rows.map(line)].join('\n');
}
