import { useEffect, useLayoutEffect, useRef, useState, type RefObject } from 'react';

/** Closer to the end than this, in CSS pixels, counts as being there. */
const END_SLACK_PX = 24;

interface StickToEnd<Element extends HTMLElement> {
  readonly ref: RefObject<Element | null>;
  readonly atEnd: boolean;
  readonly toEnd: () => void;
  readonly onScroll: () => void;
}

/**
 * Keeps a scrolling element at its end while `content` grows or the element changes its size, until one scrolls away
 * from the end; scrolling back there sticks again. While `held` it stays where it is, wherever that is.
 */
export function useStickToEnd<Element extends HTMLElement>(
  content: unknown,
  held = false,
): StickToEnd<Element> {
  const ref = useRef<Element>(null);
  const sticks = useRef(true);
  const isHeld = useRef(held);
  isHeld.current = held;
  const [atEnd, setAtEnd] = useState(true);

  const stick = () => {
    if (ref.current && sticks.current && !isHeld.current) ref.current.scrollTop = ref.current.scrollHeight;
  };
  useLayoutEffect(stick, [content]);
  useEffect(() => {
    if (!ref.current) return;
    const observer = new ResizeObserver(stick);
    observer.observe(ref.current);
    return () => observer.disconnect();
  }, []);

  const onScroll = () => {
    const element = ref.current;
    if (!element || element.clientHeight === 0) return;
    sticks.current = element.scrollHeight - element.scrollTop - element.clientHeight < END_SLACK_PX;
    setAtEnd(sticks.current);
  };
  const toEnd = () => {
    sticks.current = true;
    setAtEnd(true);
    stick();
  };
  return { ref, atEnd, toEnd, onScroll };
}
