import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { DETAIL_PX, listHeight, ROW_PX, rowTop, rowWindow } from './row-window.ts';

test('every row in sight is drawn, and few others', () => {
  // Goal: no holes while scrolling, no thousands of elements. Method: random lists, scrolled to random places, one row open.
  const view = fc.record({
    rows: fc.integer({ min: 0, max: 5_000 }),
    open: fc.option(fc.integer({ min: 0, max: 4_999 }), { nil: undefined }),
    scrollTop: fc.integer({ min: 0, max: 200_000 }),
    height: fc.integer({ min: 0, max: 2_000 }),
  });
  fc.assert(
    fc.property(view, (each) => {
      const { from, to } = rowWindow(each);
      const holes = Array.from({ length: each.rows }, (_, index) => index).filter((index) => {
        const top = rowTop(index, each.open);
        const inSight = top + ROW_PX > each.scrollTop && top < each.scrollTop + each.height;
        return inSight && (index < from || index >= to);
      });
      expect(holes).toEqual([]);
      expect(to - from).toBeLessThanOrEqual((each.height + DETAIL_PX) / ROW_PX + 20);
    }),
  );
});

test('an open row makes the list longer by its detail', () => {
  expect(listHeight(10, undefined)).toBe(10 * ROW_PX);
  expect(listHeight(10, 9)).toBe(10 * ROW_PX + DETAIL_PX);
  expect(rowTop(4, 4)).toBe(4 * ROW_PX);
  expect(rowTop(5, 4)).toBe(5 * ROW_PX + DETAIL_PX);
});
