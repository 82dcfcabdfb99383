import { broker } from './broker.ts';
import type { Dashboard } from './dashboard.ts';
import { deliveryQuality } from './delivery-quality.ts';
import { edges } from './edges.ts';
import { overview } from './overview.ts';

/** All dashboards, in the order in which they are read. */
export const DASHBOARDS: readonly Dashboard[] = [overview, edges, broker, deliveryQuality];
