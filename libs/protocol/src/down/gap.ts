import type { GapReason } from '../gap.ts';

/** Events after `from` up to and including `to` can no longer be delivered. The client goes on from `to` (G2). */
export interface Gap {
  readonly type: 'gap';
  readonly from: string;
  readonly to: string;
  readonly reason: GapReason;
}
