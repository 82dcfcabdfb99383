import type { SpanKindName } from './trace-query.ts';

/** By their numbers in OTLP. */
const NAMES: readonly (SpanKindName | undefined)[] = [
  undefined,
  'INTERNAL',
  'SERVER',
  'CLIENT',
  'PRODUCER',
  'CONSUMER',
];

/** Reads a kind as OTLP's JSON has it, a number or `SPAN_KIND_SERVER`, or as receivers abbreviate it. */
export function spanKindOf(value: unknown): SpanKindName {
  if (typeof value === 'number') return NAMES[value] ?? 'INTERNAL';
  const name = typeof value === 'string' ? value.replace(/^SPAN_KIND_/, '') : '';
  return NAMES.find((known) => known === name) ?? 'INTERNAL';
}
