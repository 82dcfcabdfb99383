import { duration } from '../state/duration.ts';
import type { Mark } from '../state/timeline.ts';

/** What happened to the connection, as words. */
export function MarkText({ mark }: { readonly mark: Mark }) {
  switch (mark.kind) {
    case 'lost':
      return `${mark.edge} lost: ${mark.reason}`;
    case 'connected':
      return mark.afterMs === undefined
        ? `connected to ${mark.edge}`
        : `${mark.edge} took over after ${duration(mark.afterMs)}`;
    case 'caught_up':
      return mark.replayed === 0 ? 'caught up, nothing missed' : `caught up, ${mark.replayed} replayed`;
  }
}
