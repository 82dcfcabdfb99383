/**
 * A CloudEvents 1.0 event in its JSON form. Longspan fills in what a publisher leaves out and adds nothing else;
 * extension attributes (`threadid`, `runid`, `attempt`, `traceparent` and a publisher's own) travel as they are.
 * @see https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/formats/json-format.md
 */
export interface CloudEvent<Data = unknown> {
  readonly specversion: '1.0';
  /** Unique within `source`. Publishing the same `source` and `id` again changes nothing (G5). */
  readonly id: string;
  readonly source: string;
  readonly type: string;
  /** RFC 3339; when it happened, by the publisher's clock. */
  readonly time?: string;
  readonly subject?: string;
  readonly datacontenttype?: string;
  readonly dataschema?: string;
  readonly data?: Data;
  readonly data_base64?: string;
  /** The conversation this event belongs to. */
  readonly threadid?: string;
  /** The agent's run this event belongs to. */
  readonly runid?: string;
  /** Which attempt at the run published it; a redelivered run announces itself by a higher number. */
  readonly attempt?: number;
  /** W3C trace context of the event's origin; it does not change from hop to hop. */
  readonly traceparent?: string;
  readonly [extension: string]: unknown;
}

/** The types that Longspan's own agents publish; applications are free to use others. */
export const AGENT_EVENT_TYPES = [
  'agent_started',
  'agent_thinking',
  'tool_executing',
  'tool_completed',
  'agent_output',
  'agent_completed',
  'agent_failed',
] as const;

export type AgentEventType = (typeof AGENT_EVENT_TYPES)[number];

/** The types that end a run: the last event of every run is one of these. */
export const TERMINAL_EVENT_TYPES: readonly AgentEventType[] = ['agent_completed', 'agent_failed'];
