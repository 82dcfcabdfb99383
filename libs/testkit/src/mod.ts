export { eventually } from './eventually.ts';
export { freePort } from './net/free-port.ts';
export { TcpRelay, type Direction } from './net/tcp-relay.ts';
export { natsServerPath } from './nats/nats-server-path.ts';
export { startNats, NatsCluster, type NatsBackend, type NatsOptions } from './nats/nats-cluster.ts';
