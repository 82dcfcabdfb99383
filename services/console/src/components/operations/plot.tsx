import type { Moment } from '@longspan/protocol';
import { Fragment, useState, type PointerEvent } from 'react';
import { HISTORY_MS } from '../../state/operations.ts';
import { linePath, nearest, PLOT_HEIGHT, PLOT_WIDTH, type Scale } from '../../state/plot.ts';

/** One line of a plot. */
export interface Series {
  readonly name: string;
  /** One of the palette: `teal`, `blue`, `rose`, `amber`, `plum`. */
  readonly colour: string;
  readonly valueOf: (moment: Moment) => number | null;
}

interface Props {
  readonly title: string;
  readonly series: readonly Series[];
  readonly history: readonly Moment[];
  readonly nowMs: number;
  readonly scaleOf: (values: readonly number[]) => Scale;
  readonly show: (value: number) => string;
  /** What there is to say while nothing was measured. */
  readonly empty: string;
}

/**
 * The last five minutes of some values as lines. The figures beside the names are those of now or, where the pointer is,
 * of that moment. For screen readers it is its title and the figures.
 */
export function Plot({ title, series, history, nowMs, scaleOf, show, empty }: Props) {
  const [pointedMs, setPointedMs] = useState<number>();
  const values = history.flatMap((moment) => series.map(({ valueOf }) => valueOf(moment)));
  const known = values.filter((value) => value !== null);
  const scale = scaleOf(known);
  const pointed = pointedMs === undefined ? undefined : nearest(history, nowMs - HISTORY_MS + pointedMs);
  const told = pointed ?? history.at(-1);

  const point = (event: PointerEvent<HTMLDivElement>) => {
    const { left, width } = event.currentTarget.getBoundingClientRect();
    setPointedMs(((event.clientX - left) / width) * HISTORY_MS);
  };
  return (
    <section className="card plot-card" aria-label={title}>
      <header>
        <h3>{title}</h3>
        <time className="plot-moment">{pointed === undefined ? '' : clock(pointed.atMs)}</time>
      </header>
      <dl className="legend">
        {series.map(({ name, colour, valueOf }) => (
          <div key={name} data-colour={colour}>
            <dt>{name}</dt>
            <dd data-figure={`${title}/${name}`}>{shown(told && valueOf(told), show)}</dd>
          </div>
        ))}
      </dl>
      <div
        className="plot"
        aria-hidden="true"
        onPointerMove={point}
        onPointerLeave={() => setPointedMs(undefined)}
      >
        <div className="plot-ticks">
          {scale.ticks.map((tick) => (
            <Fragment key={tick}>
              <i style={{ bottom: `${scale.heightOf(tick) * 100}%` }} />
              <span style={{ bottom: `${scale.heightOf(tick) * 100}%` }}>{show(tick)}</span>
            </Fragment>
          ))}
        </div>
        <svg viewBox={`0 0 ${PLOT_WIDTH} ${PLOT_HEIGHT}`} preserveAspectRatio="none" focusable="false">
          {series.map(({ name, colour, valueOf }) => (
            <path
              key={name}
              data-colour={colour}
              d={linePath(
                history.map((moment) => ({ atMs: moment.atMs, value: valueOf(moment) })),
                scale,
                { nowMs, spanMs: HISTORY_MS },
              )}
            />
          ))}
        </svg>
        {pointed !== undefined && (
          <i
            className="plot-line"
            style={{ left: `${100 - ((nowMs - pointed.atMs) / HISTORY_MS) * 100}%` }}
          />
        )}
        {known.length === 0 && <p className="plot-empty">{empty}</p>}
      </div>
      <div className="plot-times" aria-hidden="true">
        <span>5 min ago</span>
        <span>now</span>
      </div>
    </section>
  );
}

function shown(value: number | null | undefined, show: (value: number) => string): string {
  return value === null || value === undefined ? '—' : show(value);
}

function clock(ms: number): string {
  return new Date(ms).toLocaleTimeString([], { timeStyle: 'medium' });
}
