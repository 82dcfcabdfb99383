import { randomUUID } from 'node:crypto';
import type { CloudEvent } from '@longspan/protocol';

/** An event as a back end writes it down: only `type` is needed, the rest is filled in. */
export interface EventDraft {
  readonly type: string;
  readonly data?: unknown;
  /** Unique within the source. Publishing the same one again changes nothing (G5). A random one by default. */
  readonly id?: string;
  readonly source?: string;
  /** RFC 3339; now by default. */
  readonly time?: string;
  readonly threadid?: string;
  readonly runid?: string;
  readonly attempt?: number;
  readonly traceparent?: string;
  /** CloudEvents extension attributes: names of [a-z0-9]{1,20}. */
  readonly [extension: string]: unknown;
}

/** Completes a draft, once: whatever is repeated afterwards repeats this very event, with this id. */
export function completeEvent(draft: EventDraft, source: string, now: Date): CloudEvent {
  return {
    specversion: '1.0',
    ...draft,
    id: draft.id ?? randomUUID(),
    source: draft.source ?? source,
    time: draft.time ?? now.toISOString(),
    ...(draft.data === undefined ? {} : { datacontenttype: 'application/json' }),
  };
}
