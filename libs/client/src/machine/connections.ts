import { NO_SUCCESSOR, type Conn, type Machine, type Opening, type Successor } from './state.ts';

/** The id of the connection, or of the attempt at one. */
export function mainId(m: Machine): number | undefined {
  if (m.link.kind === 'connecting') return m.link.opening.id;
  return welcomed(m)?.id;
}

export function successorId(m: Machine): number | undefined {
  if (m.link.kind !== 'replaying' && m.link.kind !== 'live') return undefined;
  const { successor } = m.link;
  if (successor.kind === 'opening') return successor.opening.id;
  return successor.kind === 'replaying' ? successor.conn.id : undefined;
}

/** The connection that commands go to. */
export function welcomed(m: Machine): Conn | undefined {
  return m.link.kind === 'replaying' || m.link.kind === 'live' ? m.link.conn : undefined;
}

/** Puts a successor beside the connection; without a connection there is none. */
export function withSuccessor(m: Machine, successor: Successor): Machine {
  if (m.link.kind !== 'replaying' && m.link.kind !== 'live') return m;
  return { ...m, link: { ...m.link, successor } };
}

/** Replaces the opening with this id, wherever it stands. */
export function withOpening(m: Machine, opening: Opening): Machine {
  if (m.link.kind === 'connecting') return { ...m, link: { kind: 'connecting', opening } };
  return withSuccessor(m, { kind: 'opening', opening });
}

/** The attempt with this id. */
export function openingOf(m: Machine, id: number): Opening | undefined {
  if (m.link.kind === 'connecting') return m.link.opening.id === id ? m.link.opening : undefined;
  if (m.link.kind !== 'replaying' && m.link.kind !== 'live') return undefined;
  const { successor } = m.link;
  return successor.kind === 'opening' && successor.opening.id === id ? successor.opening : undefined;
}

/** The welcomed connection with this id. */
export function connOf(m: Machine, id: number): Conn | undefined {
  if (m.link.kind !== 'replaying' && m.link.kind !== 'live') return undefined;
  if (m.link.conn.id === id) return m.link.conn;
  const { successor } = m.link;
  return successor.kind === 'replaying' && successor.conn.id === id ? successor.conn : undefined;
}

/** Replaces a welcomed connection by id. */
export function withConn(m: Machine, conn: Conn): Machine {
  if (m.link.kind !== 'replaying' && m.link.kind !== 'live') return m;
  if (m.link.conn.id === conn.id) return { ...m, link: { ...m.link, conn } };
  return withSuccessor(m, { kind: 'replaying', conn });
}

/** What is beside the main connection, if anything can be. */
export function successorOf(m: Machine): Successor {
  return m.link.kind === 'replaying' || m.link.kind === 'live' ? m.link.successor : NO_SUCCESSOR;
}
