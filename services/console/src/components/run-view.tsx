import { memo } from 'react';
import { duration } from '../state/duration.ts';
import type { Run } from '../state/chat-run.ts';
import { Icon } from './icon.tsx';
import { RunPartView } from './run-part-view.tsx';
import { TraceLink } from './trace-link.tsx';

/** One turn of the conversation: what was asked, and the agent's run about it. */
export const RunView = memo(function RunView({ run }: { readonly run: Run }) {
  const running = run.outcome.kind === 'running';
  return (
    <article className="turn" data-run={run.runid} data-outcome={run.outcome.kind}>
      {run.input === undefined ? (
        <p className="said" data-missing>
          The log no longer keeps this message
        </p>
      ) : (
        <p className="said">{run.input}</p>
      )}
      <div className="answer" aria-busy={running}>
        {run.attempt > 1 && (
          <p className="resumed">
            <Icon name="redo" /> Resumed, attempt {run.attempt}
          </p>
        )}
        {run.parts.map((part, index) => (
          // Parts only grow at the end, or are all replaced by another attempt's.
          <RunPartView
            key={`${run.attempt}-${index}`}
            part={part}
            growing={running && index === run.parts.length - 1}
          />
        ))}
        {running && run.parts.length === 0 && <p className="thinking growing">Working</p>}
        <Ending run={run} />
      </div>
    </article>
  );
});

function Ending({ run }: { readonly run: Run }) {
  const figures = [clockTime(run.lastTime), elapsed(run), `${run.eventCount} events`]
    .filter((text) => text !== undefined)
    .join(' · ');
  const trace = <TraceLink traceId={run.traceId} label="Trace" />;
  switch (run.outcome.kind) {
    case 'running':
      return null;
    case 'completed':
      return (
        <p className="ending">
          <Icon name="tick" /> {figures} {trace}
        </p>
      );
    case 'stopped':
      return (
        <p className="ending">
          <Icon name="stop" /> Stopped · {figures} {trace}
        </p>
      );
    case 'failed':
      return (
        <p className="ending" data-bad>
          <Icon name="cross" /> Failed: {run.outcome.reason} {trace}
        </p>
      );
  }
}

/** The time of day, and the date where it was another day. */
function clockTime(time: string | undefined): string | undefined {
  const date = new Date(time ?? '');
  if (Number.isNaN(date.getTime())) return undefined;
  const today = date.toDateString() === new Date().toDateString();
  return date.toLocaleString([], { timeStyle: 'short', ...(today ? {} : { dateStyle: 'medium' }) });
}

function elapsed({ firstTime, lastTime }: Run): string | undefined {
  const ms = Date.parse(lastTime ?? '') - Date.parse(firstTime ?? '');
  return Number.isNaN(ms) || ms < 0 ? undefined : duration(ms);
}
