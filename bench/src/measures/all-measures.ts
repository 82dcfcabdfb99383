import { capacity } from './capacity.ts';
import { connect } from './connect.ts';
import { edgeCpu } from './edge-cpu.ts';
import { GROWTH } from './growth/all-growth.ts';
import { idleMemory } from './idle-memory.ts';
import { latencyAt } from './latency.ts';
import { manySessions } from './many-sessions.ts';
import { manyUsers } from './many-users.ts';
import type { Measure } from './measure.ts';
import { resumeMany } from './resume-many.ts';
import { resumeOne } from './resume-one.ts';
import { singleUser } from './single-user.ts';
import { soak } from './soak.ts';
import { throughput } from './throughput.ts';

/** In the order in which they run and are told. */
export const MEASURES: readonly Measure[] = [
  throughput,
  singleUser,
  latencyAt(1_000),
  latencyAt(5_000, ['longspan-r1-traced']),
  connect,
  resumeOne,
  resumeMany(0),
  resumeMany(2),
  idleMemory,
  edgeCpu,
  manySessions,
  manyUsers(1_000, 10_000),
  manyUsers(100_000, 1_000_000),
  capacity,
  soak,
  ...GROWTH,
];
