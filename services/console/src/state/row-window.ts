/** Heights in CSS pixels; the style sheet's `--row` and `--detail` say the same. */
export const ROW_PX = 30;
export const DETAIL_PX = 232;

/** Rows drawn beyond what is in sight, so that scrolling shows no holes. */
const OVERSCAN_ROWS = 8;

interface View {
  readonly rows: number;
  /** The open row, below which its detail takes DETAIL_PX. */
  readonly open: number | undefined;
  readonly scrollTop: number;
  readonly height: number;
}

/** Where a row begins, in pixels from the top of the list. */
export function rowTop(index: number, open: number | undefined): number {
  return index * ROW_PX + (open !== undefined && index > open ? DETAIL_PX : 0);
}

/** The height of the whole list. */
export function listHeight(rows: number, open: number | undefined): number {
  return rowTop(rows, open);
}

/** Which rows to draw: from the first, up to but not including the last. */
export function rowWindow({ rows, open, scrollTop, height }: View): {
  readonly from: number;
  readonly to: number;
} {
  const detail = open === undefined ? 0 : DETAIL_PX;
  const from = Math.floor((scrollTop - detail) / ROW_PX) - OVERSCAN_ROWS;
  const to = Math.ceil((scrollTop + height) / ROW_PX) + OVERSCAN_ROWS;
  return { from: Math.min(rows, Math.max(0, from)), to: Math.min(rows, Math.max(0, to)) };
}
