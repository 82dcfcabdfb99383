export { OwnedProcess } from './child-process.ts';
export { eventually } from './eventually.ts';
export { Signal } from './signal.ts';
export { freePort } from './net/free-port.ts';
export { MessageLoss } from './net/message-loss.ts';
export { FaultProxy, type FaultProxyOptions } from './net/fault-proxy.ts';
export { bothWays, type Disconnects, type Drop, type Impairment } from './net/impairment.ts';
export { MobilePath } from './net/mobile-path.ts';
export { PROFILES, type NetworkProfile } from './net/profiles.ts';
export { REGIONS, rttMs, wayBetween, type Region } from './net/regions.ts';
export { TlsTerminator, TlsWebSocket } from './net/tls-terminator.ts';
export { natsServerPath } from './nats/nats-server-path.ts';
export { storedMessages } from './nats/stored-messages.ts';
export { startNats, NatsCluster, type NatsBackend, type NatsOptions } from './nats/nats-cluster.ts';
export { startBridge, type BridgeOptions } from './bridge/start-bridge.ts';
export { Bridge, type Edge } from './bridge/bridge.ts';
export { Balancer, haproxyPath } from './bridge/balancer.ts';
export { nodeImage, ProductImage } from './image/product-image.ts';
export type { ServiceContainer } from './image/service-container.ts';
export { KeyServer } from './bridge/key-server.ts';
export { Service } from './bridge/service.ts';
export { JWT_AUDIENCE, JWT_ISSUER, JWT_SECRET } from './bridge/tokens.ts';
export { IngressApi, type PublishReceipt } from './bridge/ingress-api.ts';
export { RecordedClient } from './bridge/recorded-client.ts';
export { RawClient, type RawClientOptions } from './raw-client.ts';
export { SteadyLoad, type LoadOptions, type Publish } from './steady-load.ts';
export { judged, SteadyRun, type Audience, type RunOptions } from './steady-run.ts';
export type { Timings } from './stopwatch.ts';
export { Crowd, type CrowdOptions, type CrowdResult } from './crowd/crowd.ts';
export type { Comings, CrowdShape } from './crowd/crowd-plan.ts';
export { moment } from './moment.ts';
export { Inspector, INSPECTABLE } from './threads/inspector.ts';
export { ServiceWatch } from './threads/service-watch.ts';
export { lookForCrossings, lookForRemains, type Coherence, type Remains } from './threads/edge-memory.ts';
export { audit, type Audit } from './audit/audit.ts';
export { FAULT_KINDS, faultKindsOf, type Fault, type FaultKind, type Faults } from './audit/faults.ts';
export { verdict } from './audit/verdict.ts';
export { auditRuns, type RunAudit, type RunEvent } from './audit/run-life.ts';
export { dumpCommands, dumpRuns, dumpStreams } from './audit/stream-dump.ts';
export { streamFacts } from './audit/stream-facts.ts';
export type {
  ClientLog,
  Committed,
  CommandEffect,
  Published,
  PublishOutcome,
  RunLogs,
  Seen,
  SentCommand,
} from './audit/logs.ts';
export { Evidence, BrokenPromise, SeriesRecorder } from './evidence/evidence.ts';
export { LatencyRecorder, type LatencyParcel } from './evidence/latency-recorder.ts';
export type * from './evidence/findings.ts';
export { baselineOf, compareWith, readBaseline, writeBaseline, type Baseline } from './baseline/baseline.ts';
export { median, ratioOf, type Measurement, type Round } from './baseline/measurement.ts';
export { documentedMetrics, type DocumentedMetric } from './telemetry/documented-metrics.ts';
export { Scrape, scrape, type Series } from './telemetry/scrape.ts';
export { prometheusLabel, prometheusName, prometheusSeries } from './telemetry/prometheus-name.ts';
export { drawBars, drawChart, SERIES_COLOURS, short, type Line } from './report/chart.ts';
export { PALETTE } from './report/page-style.ts';
export { percentilePlot, type PercentileCurve, type Plot } from './report/plots.ts';
export { duration } from './report/wording.ts';
export { Random } from './random.ts';
export { SCALES, scale, scaled, type Scale } from './scale.ts';
export { sabotagedFiles, sabotageEnv } from './sabotage/sabotage-env.ts';
export { JaegerTraces } from './traces/jaeger-traces.ts';
export { TraceReceiver } from './traces/trace-receiver.ts';
export type { Span, SpanLink, TraceQuery } from './traces/trace-query.ts';
export { TRACED } from './nats/traced.ts';
export { SABOTAGES, type SabotageName } from './sabotage/sabotages.ts';
export { describeFailure } from './simulator/failure-report.ts';
export { runFleet, type FleetOptions, type FleetResult } from './simulator/fleet.ts';
export { newCoverage } from './simulator/coverage.ts';
export { SCENARIO_NAMES } from './simulator/scenario.ts';
export { SimulatedClock } from './simulator/simulated-clock.ts';
export { SimulatedLog } from './simulator/simulated-log.ts';
export { SimulatedStream } from './simulator/simulated-stream.ts';
export { QUIET, type Surroundings } from './simulator/surroundings.ts';
