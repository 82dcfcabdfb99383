export const STREAM = 'BENCH';

export function subjectOf(user: string): string {
  return `ev.${user}`;
}
