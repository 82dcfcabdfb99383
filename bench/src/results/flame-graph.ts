import { PALETTE } from '@longspan/testkit';
import type { Frame } from './cpu-profile.ts';

const WIDTH = 1_200;
const ROW = 18;
const TOP = 28;
const CHAR_WIDTH = 6.4;
/** What is narrower cannot be seen. */
const WIDTH_MIN = 0.4;
/** A frame that is narrower than this many characters has no text. */
const CHARS_MIN = 3;
const MICROS_PER_SECOND = 1_000_000;
const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

interface Placed {
  readonly frame: Frame;
  readonly x: number;
  readonly depth: number;
  readonly width: number;
}

/**
 * A flame graph: callers above, the functions that they call below them, as wide as the time they took, with what a frame is and its
 * part of the whole as its tooltip. Blue is ours, orange a dependency's, grey Node's and V8's.
 */
export function flameGraph(root: Frame, title: string): string {
  const placed: Placed[] = [];
  const place = (frame: Frame, x: number, depth: number): void => {
    const width = (frame.totalMicros / root.totalMicros) * WIDTH;
    if (width < WIDTH_MIN) return;
    placed.push({ frame, x, depth, width });
    let childX = x;
    for (const call of frame.calls) {
      place(call, childX, depth + 1);
      childX += (call.totalMicros / root.totalMicros) * WIDTH;
    }
  };
  if (root.totalMicros > 0) place(root, 0, 0);
  const depth = placed.reduce((deepest, one) => Math.max(deepest, one.depth), 0);
  const seconds = (root.totalMicros / MICROS_PER_SECOND).toFixed(1);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" role="img" viewBox="0 0 ${WIDTH} ${TOP + (depth + 1) * ROW}">`,
    `<style>${PALETTE} text { font: 11px system-ui, sans-serif; fill: var(--ink); } rect { stroke: var(--paper); }</style>`,
    '<rect width="100%" height="100%" fill="var(--paper)"/>',
    `<text x="4" y="18">${escaped(title)}, ${seconds} s of CPU time</text>`,
    ...placed.map((one) => drawn(one, root.totalMicros)),
    '</svg>\n',
  ].join('\n');
}

function drawn({ frame, x, depth, width }: Placed, totalMicros: number): string {
  const { name, url } = frame;
  const part = ((frame.totalMicros / totalMicros) * 100).toFixed(1);
  const chars = Math.floor(width / CHAR_WIDTH);
  const y = TOP + depth * ROW;
  const label =
    chars < CHARS_MIN
      ? ''
      : `<text x="${fixed(x + 3)}" y="${y + 13}">${escaped(name.slice(0, chars))}</text>`;
  const box = `<rect x="${fixed(x)}" y="${y}" width="${fixed(width)}" height="${ROW}" fill="${colourOf(url)}" fill-opacity="0.45"/>`;
  return `<g><title>${escaped(`${name}, ${part} %${url === '' ? '' : `\n${url}`}`)}</title>${box}${label}</g>`;
}

function colourOf(url: string): string {
  if (url === '' || url.startsWith('node:')) return 'var(--muted)';
  return url.includes('node_modules/') ? 'var(--orange)' : 'var(--blue)';
}

function fixed(value: number): string {
  return value.toFixed(1);
}

function escaped(text: string): string {
  return text.replaceAll(/[&<>"]/g, (character) => ENTITIES[character] ?? character);
}
