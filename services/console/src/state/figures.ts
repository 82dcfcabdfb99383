const WHOLE = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });
const TENTHS = new Intl.NumberFormat('en', { maximumFractionDigits: 1 });
const BYTE_UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
const BYTES_STEP = 1_024;
/** From here on tenths are noise. */
const TENTHS_BELOW = 100;

/** A number of things, or of things a second. */
export function amount(value: number): string {
  return (value < TENTHS_BELOW ? TENTHS : WHOLE).format(value);
}

/** Milliseconds as a latency: two digits, in seconds from a second on. */
export function latency(ms: number): string {
  const shown = Number(ms.toPrecision(2));
  return shown < 1_000 ? `${shown} ms` : `${shown / 1_000} s`;
}

/** Bytes in the largest unit that leaves a whole one. */
export function bytes(value: number): string {
  const unit = Math.min(
    BYTE_UNITS.length - 1,
    value < 1 ? 0 : Math.floor(Math.log(value) / Math.log(BYTES_STEP)),
  );
  return `${amount(value / BYTES_STEP ** unit)} ${BYTE_UNITS[unit]}`;
}

/** How long something takes or took, in its largest unit: `12 s`, `4 min`, `3 h`, `2 d`. */
export function timeSpan(ms: number): string {
  const s = Math.max(0, ms / 1_000);
  if (s < 60) return `${Math.floor(s)} s`;
  if (s < 3_600) return `${Math.floor(s / 60)} min`;
  return s < 86_400 ? `${Math.floor(s / 3_600)} h` : `${Math.floor(s / 86_400)} d`;
}
