import { ROOT_CONTEXT, SpanKind, type Context } from '@opentelemetry/api';
import type { Command } from '../port/commands.ts';
import { Operation } from './operation.ts';
import { contextOf, spanContextOf } from './trace-context.ts';

const TEMPLATE = 'cmd.{user}';

/** What every span about a command's message says. */
function messageOf({ id }: Pick<Command, 'id'>) {
  return {
    'messaging.system': 'nats',
    'messaging.destination.template': TEMPLATE,
    'messaging.message.id': id,
  };
}

/** A command on its way into the log. */
export function sendCommandSpan(command: Pick<Command, 'id'>, parent: Context | undefined): Operation {
  return new Operation(`send ${TEMPLATE}`, {
    kind: SpanKind.PRODUCER,
    ...(parent === undefined ? {} : { parent }),
    attributes: () => ({
      ...messageOf(command),
      'messaging.operation.name': 'send',
      'messaging.operation.type': 'send',
    }),
  });
}

/** One attempt at doing what a command asks for: a child of its `send`, which it links to as well. */
export function processCommandSpan(command: Command): Operation {
  const send = spanContextOf(command.traceparent);
  return new Operation(`process ${TEMPLATE}`, {
    kind: SpanKind.CONSUMER,
    parent: contextOf(command.traceparent, ROOT_CONTEXT),
    links: send === undefined ? [] : [send],
    attributes: () => ({
      ...messageOf(command),
      'messaging.operation.name': 'process',
      'messaging.operation.type': 'process',
    }),
  });
}
