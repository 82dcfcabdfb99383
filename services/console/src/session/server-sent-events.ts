/** One event of a stream of Server-Sent Events, as our ingress writes them: a name and one line of data. */
export interface ServerSentEvent {
  readonly name: string;
  readonly data: string;
}

/** Takes a stream's text in pieces, wherever they are cut, and gives out the events that are whole. */
export class ServerSentEvents {
  #rest = '';

  take(piece: string): readonly ServerSentEvent[] {
    const blocks = (this.#rest + piece).split('\n\n');
    this.#rest = blocks.pop() ?? '';
    return blocks.map((block) => {
      const lines = block.split('\n');
      return { name: field(lines, 'event'), data: field(lines, 'data') };
    });
  }
}

function field(lines: readonly string[], name: string): string {
  const start = `${name}: `;
  return lines.find((line) => line.startsWith(start))?.slice(start.length) ?? '';
}
