import { useCallback, useEffect, useLayoutEffect, useRef, useState, type KeyboardEvent } from 'react';
import { rowWindow, rowTop, DETAIL_PX, listHeight } from '../state/row-window.ts';
import type { Timeline } from '../state/timeline.ts';
import { EventDetail } from './event-detail.tsx';
import { Icon } from './icon.tsx';
import { TimelineRowView } from './timeline-row-view.tsx';
import { useStickToEnd } from './use-stick-to-end.ts';

/**
 * The rows, of which only those in sight are in the document. One row at a time can be open. With the keyboard: arrows
 * move between rows, Enter opens one.
 */
export function TimelineList({ timeline }: { readonly timeline: Timeline }) {
  const { rows, trimmed } = timeline;
  const [openKey, setOpenKey] = useState<number>();
  const openIndex = openKey === undefined ? undefined : indexOfKey(timeline, openKey);
  const { ref, atEnd, toEnd, onScroll } = useStickToEnd<HTMLDivElement>(timeline, openIndex !== undefined);
  const [scroll, setScroll] = useState({ top: 0, height: 0 });
  const [activeKey, setActiveKey] = useState<number>();

  const measure = () => {
    const element = ref.current;
    if (element) setScroll({ top: element.scrollTop, height: element.clientHeight });
  };
  useEffect(() => {
    if (!ref.current) return;
    const observer = new ResizeObserver(measure);
    observer.observe(ref.current);
    return () => observer.disconnect();
  }, []);

  // Rows that leave at the top move the others up; what one reads stays where it is.
  const trimmedBefore = useRef(trimmed);
  useLayoutEffect(() => {
    const left = trimmed - trimmedBefore.current;
    trimmedBefore.current = trimmed;
    if (ref.current && left > 0 && (!atEnd || openIndex !== undefined))
      ref.current.scrollTop -= rowTop(left, undefined);
  }, [trimmed, atEnd, openIndex]);

  const visible = rowWindow({
    rows: rows.length,
    open: openIndex,
    scrollTop: scroll.top,
    height: scroll.height,
  });
  const activeIndex = activeKey === undefined ? undefined : indexOfKey(timeline, activeKey);

  const activeInSight = activeIndex !== undefined && activeIndex >= visible.from && activeIndex < visible.to;

  const toggle = useCallback((key: number) => {
    setActiveKey(key);
    setOpenKey((open) => (open === key ? undefined : key));
  }, []);
  // An opened row is shown whole, and no longer pushed away by what arrives.
  useLayoutEffect(() => {
    const element = ref.current;
    if (!element || openIndex === undefined) return;
    const bottom = rowTop(openIndex + 1, openIndex);
    if (bottom > element.scrollTop + element.clientHeight) element.scrollTop = bottom - element.clientHeight;
  }, [openKey]);
  // A row far away is drawn, and can be focused, only after the scrolling.
  const toFocus = useRef<number>(undefined);
  useLayoutEffect(() => {
    const row = ref.current?.querySelector<HTMLElement>(`[data-key="${toFocus.current}"]`);
    if (!row) return;
    toFocus.current = undefined;
    row.focus({ preventScroll: true });
  });
  const focusRow = (index: number) => {
    const element = ref.current;
    const row = rows[index];
    if (!element || !row) return;
    setActiveKey(row.key);
    const top = rowTop(index, openIndex);
    const bottom = rowTop(index + 1, openIndex);
    if (top < element.scrollTop) element.scrollTop = top;
    if (bottom > element.scrollTop + element.clientHeight) element.scrollTop = bottom - element.clientHeight;
    toFocus.current = row.key;
  };
  const onKeyDown = (event: KeyboardEvent) => {
    // In an open event, the arrows scroll.
    if (event.target instanceof HTMLPreElement) return;
    const from = activeIndex ?? rows.length;
    const targets: Partial<Record<string, number>> = {
      ArrowDown: from + 1,
      ArrowUp: from - 1,
      Home: 0,
      End: rows.length - 1,
    };
    const target = targets[event.key];
    if (target === undefined) return;
    event.preventDefault();
    focusRow(Math.min(Math.max(target, 0), rows.length - 1));
  };

  return (
    <div className="timeline-scroll">
      <div
        ref={ref}
        className="timeline-list"
        tabIndex={activeInSight ? -1 : 0}
        aria-label="Rows"
        role="group"
        onKeyDown={onKeyDown}
        onScroll={() => {
          onScroll();
          measure();
        }}
      >
        {rows.length === 0 && <p className="timeline-empty">No events yet</p>}
        <div className="timeline-space" style={{ height: listHeight(rows.length, openIndex) }}>
          {rows.slice(visible.from, visible.to).map((row, offset) => {
            const index = visible.from + offset;
            return (
              <TimelineRowView
                key={row.key}
                row={row}
                top={rowTop(index, openIndex)}
                open={index === openIndex}
                active={index === activeIndex}
                onToggle={toggle}
              />
            );
          })}
          {openIndex !== undefined && (
            <EventDetail row={rows[openIndex]} top={rowTop(openIndex + 1, openIndex) - DETAIL_PX} />
          )}
        </div>
      </div>
      {!atEnd && (
        <button
          type="button"
          className="to-end"
          onClick={() => {
            setOpenKey(undefined);
            toEnd();
          }}
        >
          <Icon name="down" /> Latest
        </button>
      )}
    </div>
  );
}

/** Keys count up without holes, so that a row's place follows from its key; undefined once it has left. */
function indexOfKey({ rows }: Timeline, key: number): number | undefined {
  const index = key - (rows[0]?.key ?? 0);
  return index >= 0 && index < rows.length ? index : undefined;
}
