import type { Timeline } from '../state/timeline.ts';

/** Saves the rows as `longspan-<user>.ndjson`: one JSON object a line, oldest first. */
export function saveTimeline(user: string, timeline: Timeline): void {
  const text = timeline.rows.map((row) => `${JSON.stringify(row)}\n`).join('');
  const url = URL.createObjectURL(new Blob([text], { type: 'application/x-ndjson' }));
  const link = document.createElement('a');
  link.href = url;
  link.download = `longspan-${user}.ndjson`;
  link.click();
  URL.revokeObjectURL(url);
}
