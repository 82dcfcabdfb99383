/** A piece of HTML, as opposed to text that has yet to be escaped. */
export class Html {
  readonly markup: string;

  constructor(markup: string) {
    this.markup = markup;
  }
}

type Piece = string | number | Html | readonly Html[];

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

/** HTML from a template: what is put in is escaped, unless it is HTML itself. */
export function html(template: TemplateStringsArray, ...pieces: readonly Piece[]): Html {
  return new Html(
    template.reduce(
      (markup, text, i) => markup + text + (i < pieces.length ? markupOf(pieces[i] ?? '') : ''),
      '',
    ),
  );
}

function markupOf(piece: Piece): string {
  if (piece instanceof Html) return piece.markup;
  if (typeof piece === 'string' || typeof piece === 'number') {
    return String(piece).replaceAll(/[&<>"]/g, (character) => ENTITIES[character] ?? character);
  }
  return piece.map(({ markup }) => markup).join('');
}
