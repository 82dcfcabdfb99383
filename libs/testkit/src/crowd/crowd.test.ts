import { expect, test } from 'vitest';
import { verdict } from '../audit/verdict.ts';
import { startBridge } from '../bridge/start-bridge.ts';
import { Evidence } from '../evidence/evidence.ts';
import { startNats } from '../nats/nats-cluster.ts';
import { Crowd } from './crowd.ts';

test.each(['threads', 'processes'] as const)(
  'a crowd of %s comes and goes while it is published for, and hands in what it saw',
  async (kind) => {
    // Goal: all parts of a crowd work together, and what they tell agrees.
    // Method: a small one of every sort: library and protocol, ingress and log, cuts and absences, commands.
    await using nats = await startNats({ nodes: 1, backend: 'processes' });
    await using bridge = await startBridge({ nats, edges: 2 });
    await using evidence = new Evidence('concurrency', `crowd of ${kind}`);
    await using crowd = await Crowd.start({
      nats,
      bridge,
      kind,
      name: 'small',
      seed: 1,
      users: 6,
      devices: 2,
      publishers: 3,
      publishersPerUser: 2,
      directPublishers: 1,
      ratePerUser: 20,
      workers: 2,
      comings: { presentMs: 300, awayMs: 100 },
      commandRate: 5,
    });
    await crowd.flows(300);
    const result = await crowd.finish(evidence);
    expect(verdict(result.audit)).toBe('clean');
    expect(result.clients).toHaveLength(12);
    expect(result.audit.counts.acknowledged).toBe(result.audit.counts.committed);
    expect(result.audit.counts.delivered).toBe(2 * result.audit.counts.committed);
    expect(new Set([...result.published].map(({ publisher }) => publisher)).size).toBe(3);
    expect(result.goings).toBeGreaterThan(5);
    expect(result.audit.counts.commands).toBeGreaterThan(0);
    expect(result.commands.filter(({ outcome }) => outcome === 'acknowledged')).not.toHaveLength(0);
    expect(result.promises.overdue).toEqual([]);
    expect(evidence.latency('publish to callback').count).toBeGreaterThan(300);
    expect(evidence.latency('lost to live again').count).toBeGreaterThan(0);
  },
);
