export { FaultProxy as TcpRelay } from './fault-proxy.ts';
