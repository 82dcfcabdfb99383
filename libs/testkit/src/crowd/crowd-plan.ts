import { Random } from '../random.ts';

/** How long devices stay and stay away, in milliseconds on average; each device draws its own times. */
export interface Comings {
  readonly presentMs: number;
  readonly awayMs: number;
}

/** Who is there, and how much is going on. */
export interface CrowdShape {
  /** Begins the names of users, devices and publishers, so that crowds on one cluster do not meet. */
  readonly name: string;
  /** All chance of the crowd: who comes and goes when, and how. */
  readonly seed: number;
  /** How many, or their ids. */
  readonly users: number | readonly string[];
  /** Devices of each user; default 1. Every fifth speaks the protocol without the library. */
  readonly devices?: number;
  /** Default 1. */
  readonly publishers?: number;
  /** How many of the publishers publish for each user; default 1. */
  readonly publishersPerUser?: number;
  /** How many of the publishers write to the log themselves, past the ingress; default 0. */
  readonly directPublishers?: number;
  /** Events a second for each user, all publishers together. */
  readonly ratePerUser: number;
  readonly padChars?: number;
  /** Worker threads or processes that the crowd is spread over; default 1. */
  readonly workers?: number;
  /** Without, every device stays. */
  readonly comings?: Comings;
  /** Commands a second that each device with the library sends; default 0. */
  readonly commandRate?: number;
}

export interface DevicePlan {
  readonly user: string;
  /** Its name in the audit. */
  readonly name: string;
  /** `app`: by the client library; `raw`: by the protocol alone. */
  readonly kind: 'app' | 'raw';
  /** The number of the edge that it tries first. */
  readonly startAt: number;
  readonly seed: number;
}

export interface PublisherPlan {
  readonly name: string;
  readonly users: readonly string[];
  readonly ratePerUser: number;
  readonly via: 'ingress' | 'log';
}

/** What one worker does. */
export interface WorkerPlan {
  readonly devices: readonly DevicePlan[];
  readonly publishers: readonly PublisherPlan[];
}

const RAW_EVERY = 5;
const SEEDS = 2 ** 31;

/**
 * Deals devices and publishers out to workers: the devices of one user, and the publishers for one user, always to
 * different workers as far as there are enough. The same shape gives the same plan.
 */
export function planCrowd(shape: CrowdShape): readonly WorkerPlan[] {
  const { name, devices: devicesPerUser = 1, workers = 1 } = shape;
  const random = new Random(shape.seed);
  const users = userNames(shape);
  const plans = Array.from({ length: workers }, () => ({
    devices: new Array<DevicePlan>(),
    publishers: new Array<PublisherPlan>(),
  }));
  let count = 0;
  for (const [u, user] of users.entries()) {
    for (let d = 0; d < devicesPerUser; d += 1) {
      const kind = count % RAW_EVERY === RAW_EVERY - 1 ? 'raw' : 'app';
      const device = { user, name: `${name}-${kind}-${count}`, kind, startAt: u + d } as const;
      plans[(u + d) % workers]?.devices.push({ ...device, seed: random.below(SEEDS) });
      count += 1;
    }
  }
  for (const [p, publisher] of planPublishers(shape, users).entries()) {
    plans[p % workers]?.publishers.push(publisher);
  }
  return plans;
}

function planPublishers(shape: CrowdShape, users: readonly string[]): readonly PublisherPlan[] {
  const { name, publishers = 1, publishersPerUser = 1, directPublishers = 0, ratePerUser } = shape;
  if (publishersPerUser > publishers)
    throw new RangeError(`${publishersPerUser} of ${publishers} publishers`);
  const stride = Math.floor(publishers / publishersPerUser);
  const usersOf = Array.from({ length: publishers }, () => new Array<string>());
  for (const [u, user] of users.entries()) {
    for (let i = 0; i < publishersPerUser; i += 1) usersOf[(u + i * stride) % publishers]?.push(user);
  }
  return usersOf.map((own, p) => ({
    name: `${name}-p${p}`,
    users: own,
    ratePerUser: ratePerUser / publishersPerUser,
    via: p < directPublishers ? 'log' : 'ingress',
  }));
}

function userNames({ name, users }: CrowdShape): readonly string[] {
  return typeof users === 'number' ? Array.from({ length: users }, (_, i) => `${name}-${i}`) : users;
}
