/** A good request to upgrade to a WebSocket, byte by byte. */
export const UPGRADE =
  'GET /v1/ws HTTP/1.1\r\nhost: 127.0.0.1\r\nupgrade: websocket\r\nconnection: upgrade\r\n' +
  'sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\nsec-websocket-version: 13\r\nsec-websocket-protocol: longspan.v1\r\n\r\n';
