/**
 * How large a suite is run: `short` is what `npm test` has time for; `quick`, `full` and `long` are the validation's
 * (`npm run validate`, about seven minutes, half an hour, hours).
 */
export const SCALES = ['short', 'quick', 'full', 'long'] as const;
export type Scale = (typeof SCALES)[number];

/** The scale of this run, from `LONGSPAN_SCALE`; `short` if that is not set. Throws for a word that is no scale. */
export function scale(): Scale {
  const asked = process.env['LONGSPAN_SCALE'] ?? 'short';
  const known = SCALES.find((one) => one === asked);
  if (known === undefined) throw new RangeError(`LONGSPAN_SCALE=${asked}: one of ${SCALES.join(', ')}`);
  return known;
}

/** The figure for the scale of this run: `scaled({ short: 20, quick: 50, full: 500, long: 5_000 })`. */
export function scaled<T>(figures: Readonly<Record<Scale, T>>): T {
  return figures[scale()];
}
