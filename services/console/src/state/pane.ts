import { EMPTY_CHAT, extendChat, type ChatHistory, type ChatInput } from './chat-history.ts';
import { IDLE, type Connection } from './connection.ts';
import { EMPTY_TIMELINE, extendTimeline, type Timeline, type TimelineInput } from './timeline.ts';

/** All that one user's pane shows. */
export interface Pane {
  readonly connection: Connection;
  /** The client's position when its state changed last; what the page has taken since is in the timeline. */
  readonly position: string | undefined;
  readonly chat: ChatHistory;
  readonly timeline: Timeline;
  readonly reading: Reading;
  /** The latest thing that did not work, until it is dismissed. */
  readonly notice: string | undefined;
}

/** How the page takes events: as they come, or slowly, with the rest waiting in a queue on the page. */
type Reading = { readonly kind: 'at_once' } | { readonly kind: 'slowly'; readonly waiting: number };

export type PaneInput =
  | TimelineInput
  | Exclude<ChatInput, { kind: 'event' }>
  | { readonly kind: 'connection'; readonly connection: Connection; readonly position: string | undefined }
  | { readonly kind: 'reading'; readonly reading: Reading }
  | { readonly kind: 'notice'; readonly notice: string | undefined };

export const EMPTY_PANE: Pane = {
  connection: IDLE,
  position: undefined,
  chat: EMPTY_CHAT,
  timeline: EMPTY_TIMELINE,
  reading: { kind: 'at_once' },
  notice: undefined,
};

/** The pane after all inputs of one frame, in order. */
export function extendPane(pane: Pane, inputs: readonly PaneInput[]): Pane {
  const chatInputs: ChatInput[] = [];
  const timelineInputs: TimelineInput[] = [];
  let { connection, position, reading, notice } = pane;
  for (const input of inputs) {
    switch (input.kind) {
      case 'event':
        timelineInputs.push(input);
        chatInputs.push({ kind: 'event', event: input.delivery.event });
        break;
      case 'gap':
      case 'lost':
      case 'connected':
      case 'caught_up':
        timelineInputs.push(input);
        break;
      case 'send':
      case 'send_committed':
      case 'send_refused':
        chatInputs.push(input);
        break;
      case 'connection':
        ({ connection, position } = input);
        break;
      case 'reading':
        reading = input.reading;
        break;
      case 'notice':
        notice = input.notice;
        break;
    }
  }
  return {
    connection,
    position,
    chat: extendChat(pane.chat, chatInputs),
    timeline: extendTimeline(pane.timeline, timelineInputs),
    reading,
    notice,
  };
}
