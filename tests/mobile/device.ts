import { LongspanClient } from '@longspan/client';
import { SignJWT } from 'jose';

/**
 * A device as a process of its own, so that it can be put to sleep as a whole: its clock goes on, and nothing else
 * does. It takes its orders as JSON from the command line, and writes one line of JSON for each thing that happens.
 */
export interface DeviceOrders {
  readonly urls: readonly string[];
  readonly user: string;
  /** What its tokens are signed with, and how long each is good for. */
  readonly secret: string;
  readonly tokenSeconds: number;
}

export type DeviceReport =
  | { readonly kind: 'token' | 'live' }
  | { readonly kind: 'event'; readonly seq: number; readonly id: string }
  | { readonly kind: 'gap'; readonly from: string; readonly to: string; readonly reason: string };

function say(report: DeviceReport): void {
  console.log(JSON.stringify(report));
}

function run({ urls, user, secret, tokenSeconds }: DeviceOrders): void {
  const token = () => {
    say({ kind: 'token' });
    return new SignJWT()
      .setProtectedHeader({ alg: 'HS256' })
      .setSubject(user)
      .setIssuedAt()
      .setExpirationTime(`${tokenSeconds}s`)
      .sign(new TextEncoder().encode(secret));
  };
  const client = new LongspanClient({ urls, token, from: 'earliest' });
  client.on('event', ({ id }, { seq }) => say({ kind: 'event', seq, id }));
  client.on('gap', (gap) => say({ kind: 'gap', ...gap }));
  client.on('caughtUp', () => say({ kind: 'live' }));
  client.connect();
}

const [orders] = process.argv.slice(2);
if (orders !== undefined) run(JSON.parse(orders));
