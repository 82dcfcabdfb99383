import { html, Html } from './html.ts';
import { STYLE } from './page-style.ts';
import { SIGNS } from './wording.ts';
import type { Status } from './judgement.ts';

/** A page that needs no other file. */
export function page(title: string, body: Html): string {
  const style = new Html(`<style>${STYLE}</style>`);
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>${title}</title>
        ${style}
      </head>
      <body>
        <main>${body}</main>
      </body>
    </html> `.markup;
}

/** A status by sign, colour and word, so that none of them is needed alone. */
export function badge(status: Status, word: string = status): Html {
  return html`<span class="badge ${status.replace(' ', '-')}"
    ><span aria-hidden="true">${SIGNS[status]}</span> ${word}</span
  >`;
}
