/** The WebSocket subprotocol. A change that an old peer would misunderstand makes a new one. */
export const SUBPROTOCOL = 'longspan.v1';
