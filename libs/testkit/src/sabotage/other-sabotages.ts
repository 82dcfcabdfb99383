import type { Sabotage } from './sabotage.ts';

const ACTIVE_RUN = 'libs/agent/src/active-run.ts';
const COMMAND_DELIVERY = 'libs/broker/src/nats/command-delivery.ts';

/** Defects of publishing. */
export const PUBLISHING_SABOTAGES = {
  'acknowledges-before-the-commit': {
    does: 'answers a publish when it is sent',
    breaks: 'G5',
    edits: [
      {
        file: 'libs/broker/src/nats/publisher-lanes.ts',
        find: 'this.#earliestDeadlineMs = Math.min(this.#earliestDeadlineMs, deadlineMs);',
        put: 'resolve(content.messages.map(() => ({ seq: 1, duplicate: false })));',
      },
    ],
  },
  'forgets-event-ids': {
    does: 'gives every publish an id of its own, so that a repeat is not recognised',
    breaks: 'G5',
    edits: [
      {
        file: 'libs/broker/src/nats/publisher.ts',
        find: 'msgId: messageId(user, event.source, event.id),',
        put: 'msgId: String(Math.random()),',
      },
    ],
  },
  'publishes-out-of-order': {
    does: 'commits the events of one publish in another order',
    breaks: 'G6',
    edits: [
      {
        file: 'libs/broker/src/nats/publisher.ts',
        find: 'const messages = events.map((event, i) =>',
        put: 'const messages = events.toReversed().map((event, i) =>',
      },
    ],
  },
} as const satisfies Record<string, Sabotage>;

/** Defects of who may read what. */
export const ISOLATION_SABOTAGES = {
  'mixes-up-users-by-case': {
    does: 'has one subject for users whose names differ in case only',
    breaks: 'G4',
    edits: [
      {
        file: 'libs/broker/src/user-token.ts',
        find: "for (const byte of Buffer.from(user, 'utf8')) {",
        put: "for (const byte of Buffer.from(user.toLowerCase(), 'utf8')) {",
      },
      {
        file: 'libs/broker/src/user-token.ts',
        find: 'if (PLAIN.test(user)) return user;',
        put: 'if (PLAIN.test(user)) return user.toLowerCase();',
      },
    ],
  },
  'believes-any-token': {
    does: 'reads tokens without checking their signature',
    breaks: 'G4',
    edits: [
      {
        file: 'services/edge/src/connection/tokens.ts',
        find: 'this.#verify = async (token) => (await jwtVerify(token, key, withSecret)).payload;',
        put: "this.#verify = async (token) => JSON.parse(Buffer.from(token.split('.')[1], 'base64url'));",
      },
    ],
  },
} as const satisfies Record<string, Sabotage>;

/** Defects of commands and runs. */
export const COMMAND_SABOTAGES = {
  'records-a-command-twice': {
    does: 'gives every send an id of its own, so that a repeat is not recognised',
    breaks: 'G7',
    edits: [
      {
        file: 'libs/broker/src/nats/command-writer.ts',
        find: 'msgId: messageId(command.user, command.id),',
        put: 'msgId: String(Math.random()),',
      },
    ],
  },
  'executes-a-command-twice': {
    does: 'acknowledges no command, and runs again what has ended',
    breaks: 'G7',
    edits: [
      {
        file: COMMAND_DELIVERY,
        find: "await confirm(this.#nc, this.#message, '+ACK', this.#ackWaitMs);",
        put: '',
      },
      {
        file: 'libs/agent/src/run-record.ts',
        find: "case 'ended':\n      return { kind: 'over' };",
        put: "case 'ended':\n      return { kind: 'run', attempt: delivery.attempt, before: 0 };",
      },
      {
        file: 'libs/agent/src/terminal-event.ts',
        find: '`${run.id}.end`',
        put: '`${run.id}.${run.attempt}.end`',
      },
    ],
  },
  'loses-a-command': {
    does: 'acknowledges a command instead of running it',
    breaks: 'G7',
    edits: [
      {
        file: 'libs/agent/src/run-agent.ts',
        find: 'if (!this.#parts.types.includes(delivery.command.type)) {',
        put: 'if (true) {',
      },
    ],
  },
  'works-on-without-a-lease': {
    does: 'goes on with a run that another worker may have taken over',
    breaks: 'the life of a run',
    edits: [
      {
        file: 'libs/agent/src/lease.ts',
        find: 'return Math.max(0, this.#confirmedAt + this.#ackWaitMs - this.#now());',
        put: 'return this.#ackWaitMs;',
      },
      { file: ACTIVE_RUN, find: 'if (this.over !== undefined) return;', put: 'return;' },
    ],
  },
  'leaves-a-run-without-an-end': {
    does: 'publishes no terminal event',
    breaks: 'the life of a run',
    edits: [
      {
        file: 'libs/agent/src/command-run.ts',
        find: 'await this.run.complete(completion ?? {});',
        put: '',
      },
    ],
  },
  'completes-a-tool-that-it-did-not-announce': {
    does: 'publishes no tool_executing',
    breaks: 'the life of a run',
    edits: [
      {
        file: ACTIVE_RUN,
        find: "await this.emit('tool_executing', { tool, input, callid });",
        put: '',
      },
    ],
  },
} as const satisfies Record<string, Sabotage>;

/** Defects of the client library. */
export const CLIENT_SABOTAGES = {
  'client-delivers-repeats': {
    does: 'hands on what the callback has had',
    breaks: 'G3',
    edits: [
      {
        file: 'libs/client/src/machine/cursor.ts',
        find: "if (entry.seq <= position.seq) return 'repeat';",
        put: '',
      },
    ],
  },
  'client-passes-holes': {
    does: 'hands on what does not follow',
    breaks: 'G2',
    edits: [
      {
        file: 'libs/client/src/machine/cursor.ts',
        find: "return entry.prev <= position.seq ? 'next' : 'hole';",
        put: "return 'next';",
      },
    ],
  },
} as const satisfies Record<string, Sabotage>;
