const FIRST = 'dm0kcdnzlz8p-41';
const SECOND = 'dm0kcdnzlz8p-42';

const weather = {
  specversion: '1.0',
  id: 'run-7.1',
  source: '/agents/weather',
  type: 'agent_output',
  time: '2026-01-31T12:00:00Z',
  runid: 'run-7',
  data: { text: 'It is sunny in Lisbon.' },
};
const done = { ...weather, id: 'run-7.2', type: 'agent_completed', data: { text: 'It is sunny in Lisbon.' } };

/** The bodies that the OpenAPI document shows. */
export const examples = {
  event: weather,
  batch: [weather, done],
  plain: { type: 'agent_output', data: { text: 'It is sunny in Lisbon.' } },
  receipts: {
    events: [
      { id: weather.id, position: FIRST, duplicate: true },
      { id: done.id, position: SECOND, duplicate: false },
    ],
  },
  history: { events: [{ position: SECOND, event: done }], next: SECOND, more: false },
  historyAfterGap: {
    events: [{ position: SECOND, event: done }],
    next: SECOND,
    more: false,
    gap: { from: 'dm0kcdnzlz8p-3', to: FIRST, reason: 'expired' },
  },
} as const;
