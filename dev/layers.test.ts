import { expect, test } from 'vitest';
import { Layers } from './layers.ts';
import type { Runnable } from './supervised-process.ts';

/** A part that notes its end; `gate` holds its stop back. */
function part(name: string, notes: string[], gate: Promise<void> = Promise.resolve()): Runnable {
  return {
    ready: Promise.resolve(),
    stop: async () => {
      notes.push(`${name} stopping`);
      await gate;
      notes.push(`${name} stopped`);
    },
    kill: () => void notes.push(`${name} killed`),
  };
}

test('a layer stops only when all that stands on it has stopped', async () => {
  // Goal: edges drain while NATS still serves. Method: hold the upper layer's stop back and look at the lower one.
  const notes: string[] = [];
  const gate = Promise.withResolvers<void>();
  const layers = new Layers();
  layers.add(part('nats', notes));
  layers.add(part('edge', notes, gate.promise));
  const stopped = layers.stop();
  expect(notes).toEqual(['edge stopping']);
  gate.resolve();
  await stopped;
  expect(notes).toEqual(['edge stopping', 'edge stopped', 'nats stopping', 'nats stopped']);
});

test('what is added while everything stops is ended at once', async () => {
  // Goal: a Ctrl-C during the start leaves nothing behind. Method: add a part after the stop began.
  const notes: string[] = [];
  const layers = new Layers();
  await layers.stop();
  layers.add(part('agent', notes));
  expect(notes).toEqual(['agent killed']);
});
