import type { ServiceStatus } from '@longspan/protocol';
import type { StatusBoard } from './port/status.ts';

const EVERY_MS = 1_000;

/** Tells how a service is once a second until disposed of; a status that cannot be had is left out. */
export function tellStatus(
  board: Pick<StatusBoard, 'tell'>,
  status: () => Promise<ServiceStatus>,
): Disposable {
  let asking = false;
  const tell = async (): Promise<void> => {
    if (asking) return;
    asking = true;
    try {
      board.tell(await status());
    } catch {
      // Whoever watches sees that it is missing.
    } finally {
      asking = false;
    }
  };
  const timer = setInterval(() => void tell(), EVERY_MS);
  timer.unref();
  return { [Symbol.dispose]: () => clearInterval(timer) };
}
