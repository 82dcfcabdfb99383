import { runService } from '@longspan/telemetry';
import { edgeConfig } from './config.ts';
import { Edge } from './edge.ts';

await runService('edge', edgeConfig, (birth) => Edge.start(birth));
