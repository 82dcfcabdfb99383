import type { Timeline } from '../state/timeline.ts';
import { ChainCounts, ChainVerdict } from './chain-check.tsx';
import { Icon } from './icon.tsx';
import { saveTimeline } from './save-timeline.ts';
import { TimelineList } from './timeline-list.tsx';

interface Props {
  readonly timeline: Timeline;
  readonly user: string;
}

/** Every event that reached the page, with its place in the log. */
export function TimelineView({ timeline, user }: Props) {
  return (
    <section className="timeline" aria-label="Events">
      <header className="section-head">
        <h2>
          Events <span data-count="events">{timeline.counts.events}</span>
        </h2>
        <ChainVerdict timeline={timeline} />
        <button
          type="button"
          className="quiet square"
          onClick={() => saveTimeline(user, timeline)}
          aria-label="Save the rows as a file"
          title="Save the rows as a file, one JSON object a line"
        >
          <Icon name="save" />
        </button>
      </header>
      <ChainCounts timeline={timeline} />
      <TimelineList timeline={timeline} />
    </section>
  );
}
