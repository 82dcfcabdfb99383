/** 16 × 16 outlines, drawn in the colour of the text. */
const PATHS = {
  auto: 'M8 2a6 6 0 1 0 0 12zM8 2a6 6 0 0 1 0 12',
  sun: 'M8 5a3 3 0 1 0 0 6 3 3 0 0 0 0-6M8 1v1.5M8 13.5V15M1 8h1.5M13.5 8H15M3 3l1 1M12 12l1 1M13 3l-1 1M4 12l-1 1',
  moon: 'M13 9.5A5.5 5.5 0 0 1 6.5 3 5.5 5.5 0 1 0 13 9.5Z',
  scissors:
    'M5.5 5.5 13 12M5.5 10.5 13 4M4 2.5a2 2 0 1 0 0 4 2 2 0 0 0 0-4M4 9.5a2 2 0 1 0 0 4 2 2 0 0 0 0-4',
  offline:
    'M2 2l12 12M4.5 8.5a5 5 0 0 1 2-1.2M1.8 5.8a9 9 0 0 1 3-1.9M8 4a9 9 0 0 1 6.2 1.8M10 7.7c.6.200 1.1.500 1.5.800M8 12.5h.01',
  bolt: 'M9 1.5 3.5 9H8l-1 5.5L12.5 7H8z',
  turtle: 'M8 3.5v4.5l3 2M8 1.5a6.5 6.5 0 1 0 0 13 6.5 6.5 0 0 0 0-13',
  burst: 'M2 12.5h2v-3H2zM7 12.5h2v-6H7zM12 12.5h2v-9h-2z',
  send: 'M8 13V3M3.5 7.5 8 3l4.5 4.5',
  stop: 'M4.5 4.5h7v7h-7z',
  down: 'M8 3v10M3.5 8.5 8 13l4.5-4.5',
  save: 'M8 2v8M4.5 6.5 8 10l3.5-3.5M2.5 13.5h11',
  tick: 'M3 8.5 6.5 12 13 4.5',
  cross: 'M4 4l8 8M12 4l-8 8',
  plus: 'M8 3v10M3 8h10',
  clock: 'M8 4.5V8l2.5 1.5M8 2a6 6 0 1 0 0 12A6 6 0 0 0 8 2',
  chat: 'M2.5 3.5h11v7.5H8l-3 2.5V11H2.5z',
  list: 'M5.5 4h8M5.5 8h8M5.5 12h8M2.5 4h.01M2.5 8h.01M2.5 12h.01',
  link: 'M1.5 11.5h13M5 4v9M11 4v9M1.5 9.5C3 8.5 4.3 6.5 5 4c1 4.5 5 4.5 6 0 .7 2.5 2 4.5 3.5 5.5',
  chevron: 'M6 4l4 4-4 4',
  tool: 'M9.5 6.5 3 13M13.5 4.5a3.2 3.2 0 0 1-4.3 3.3L8.2 6.8a3.2 3.2 0 0 1 3.3-4.3L10 4.5l1.5 1.5z',
  trace: 'M2 4h5M5 8h6M8.5 12H14',
  pulse: 'M1.5 8.5h3l2-5 3 9 2-4h3',
  redo: 'M13 8a5 5 0 1 1-1.5-3.5L13 6M13 2.5V6H9.5',
} as const;

export type IconName = keyof typeof PATHS;

/** A decoration beside a text, or inside a button that has a label of its own. */
export function Icon({ name }: { readonly name: IconName }) {
  return (
    <svg className="icon" viewBox="0 0 16 16" aria-hidden="true" focusable="false">
      <path d={PATHS[name]} />
    </svg>
  );
}
