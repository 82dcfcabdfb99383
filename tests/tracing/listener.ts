import type { CloudEvent } from '@longspan/client';
import { Signal, type RecordedClient } from '@longspan/testkit';

const WITHIN_MS = 30_000;

/** What a client's application was given, as it was given. */
export function listenTo(client: RecordedClient) {
  const events: CloudEvent[] = [];
  const changed = new Signal();
  client.client.on('event', (event) => {
    events.push(event);
    changed.notify();
  });
  const has = (type: string) => events.some((event) => event.type === type);
  return {
    events: (): readonly CloudEvent[] => events,
    /** Resolves when an event of this type has come. */
    until: (type: string): Promise<void> => changed.until(`has ${type}`, () => has(type), WITHIN_MS),
    /** The event of this id; throws if it has not come. */
    event(id: string): CloudEvent {
      const event = events.find((one) => one.id === id);
      if (event === undefined) throw new Error(`the event ${id} has not come`);
      return event;
    },
  };
}
