import { createHash } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { logsOf, type Audit } from '../audit/audit.ts';
import { faultKindsOf } from '../audit/faults.ts';
import type { RunLogs } from '../audit/logs.ts';
import { keepRawLogs } from '../audit/raw-logs.ts';
import { verdict } from '../audit/verdict.ts';
import { Random } from '../random.ts';
import { scale } from '../scale.ts';
import type { EvidenceFile, Finding, Mark } from './findings.ts';
import { LatencyRecorder } from './latency-recorder.ts';

/** Of each kind of fault, so many are kept in the evidence; the raw logs have the rest. */
const FAULTS_KEPT = 20;

type Claim = Omit<Finding, 'kind'>;

/** A promise of the product that did not hold. */
export class BrokenPromise extends Error {
  override readonly name = 'BrokenPromise';
}

/** Records values over time. */
export class SeriesRecorder {
  readonly points: (readonly [atMs: number, value: number])[] = [];
  readonly #startedMs: number;

  constructor(startedMs: number) {
    this.#startedMs = startedMs;
  }

  add(value: number): void {
    this.points.push([Math.round(performance.now() - this.#startedMs), value]);
  }
}

/**
 * What one test of a suite leaves behind: claims with what was seen, faults marked on the time line, distributions
 * and series. It is written as one JSON file into `LONGSPAN_EVIDENCE_DIR` when it is disposed of, if that is set,
 * whether the test passed or not.
 *
 * Each test's chance comes from here as well: `LONGSPAN_SEED`, or one drawn at random, and the test's title make its
 * seed, which the file and every broken promise name.
 */
export class Evidence implements AsyncDisposable {
  readonly suite: string;
  readonly title: string;
  readonly seed: number;
  readonly #findings: Finding[] = [];
  readonly #marks: Mark[] = [];
  readonly #series = new Map<string, { readonly unit: string; readonly recorder: SeriesRecorder }>();
  readonly #latencies = new Map<string, LatencyRecorder>();
  readonly #facts: Record<string, unknown> = {};
  readonly #rawLogs = new Map<string, RunLogs>();
  readonly #startedAt = Date.now();
  readonly #startedMs = performance.now();

  /**
   * @param suite as its folder under `tests/` is named.
   * @param title what the test shows, unique within the suite.
   */
  constructor(suite: string, title: string) {
    this.suite = suite;
    this.title = title;
    this.seed = seedOf(`${suite}: ${title}`);
  }

  /** A source of chance of its own for each purpose, so that one more draw here does not change everything there. */
  random(purpose: string): Random {
    return new Random(hash(`${this.seed} ${purpose}`));
  }

  /** Writes down a promise and throws a `BrokenPromise` if it does not hold. */
  promise(claim: Claim): void {
    this.#findings.push({ kind: 'promise', ...claim });
    if (!claim.holds) {
      const { metric, requirement, achieved } = claim;
      throw new BrokenPromise(
        `${metric}: ${requirement} was promised, seen: ${achieved} (seed ${this.seed})`,
      );
    }
  }

  /** Writes down a measurement; it fails no test, the validation judges it. */
  figure(claim: Claim): void {
    this.#findings.push({ kind: 'figure', ...claim });
  }

  /**
   * Writes down an audit's verdict as a promise: nothing lost, repeated, out of order, crossed or made up. The logs that
   * it was made from are kept beside the evidence.
   */
  audited(metric: string, audit: Audit): void {
    const { clean, counts, unacknowledgedDelivered } = audit;
    const faults = faultKindsOf(audit).map((kind) => {
      return { kind, count: audit[kind].length, first: audit[kind].slice(0, FAULTS_KEPT) };
    });
    const rawLogs = `${slugOf(`${this.suite} ${this.title}`)}.${slugOf(metric)}.logs.jsonl.gz`;
    this.fact(metric, { clean, counts, unacknowledgedDelivered, faults, rawLogs });
    const logs = logsOf(audit);
    if (logs) this.#rawLogs.set(rawLogs, logs);
    const [acknowledged, delivered] = [counts.acknowledged, counts.delivered].map((count) =>
      count.toLocaleString('en'),
    );
    this.promise({
      metric,
      requirement: 'nothing lost, repeated, out of order or crossed',
      achieved: clean ? `${acknowledged} acknowledged, ${delivered} delivered` : verdict(audit),
      holds: clean,
    });
  }

  /** Notes that something was done to the system, now. */
  mark(what: string): void {
    this.#marks.push({ atMs: Math.round(performance.now() - this.#startedMs), what });
  }

  /** The recorder of this name. */
  latency(name: string): LatencyRecorder {
    const recorder = this.#latencies.get(name) ?? new LatencyRecorder();
    this.#latencies.set(name, recorder);
    return recorder;
  }

  /** The recorder of this name. */
  series(name: string, unit: string): SeriesRecorder {
    const known = this.#series.get(name);
    if (known) return known.recorder;
    const recorder = new SeriesRecorder(this.#startedMs);
    this.#series.set(name, { unit, recorder });
    return recorder;
  }

  /** Keeps any JSON value with the evidence. */
  fact(name: string, value: unknown): void {
    this.#facts[name] = value;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const folder = process.env['LONGSPAN_EVIDENCE_DIR'];
    if (folder === undefined) return;
    const file: EvidenceFile = {
      format: 1,
      suite: this.suite,
      title: this.title,
      scale: scale(),
      seed: this.seed,
      startedAt: new Date(this.#startedAt).toISOString(),
      durationMs: Math.round(performance.now() - this.#startedMs),
      findings: this.#findings,
      marks: this.#marks,
      series: [...this.#series].map(([name, { unit, recorder }]) => ({
        name,
        unit,
        points: recorder.points,
      })),
      distributions: [...this.#latencies].map(([name, one]) => one.distribution(name, this.#startedAt)),
      attachments: [...this.#rawLogs.keys()],
      facts: this.#facts,
    };
    await mkdir(folder, { recursive: true });
    const name = `${slugOf(`${this.suite} ${this.title}`)}.json`;
    await writeFile(join(folder, name), `${JSON.stringify(file, undefined, 1)}\n`);
    for (const [name, logs] of this.#rawLogs) await keepRawLogs(join(folder, name), logs);
  }
}

function slugOf(text: string): string {
  return text
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .slice(0, 120);
}

let drawn: string | undefined;

/** The seed for `name` in this run. */
function seedOf(name: string): number {
  drawn ??= process.env['LONGSPAN_SEED'] ?? String(Math.floor(Math.random() * 2 ** 31));
  return hash(`${drawn} ${name}`);
}

function hash(text: string): number {
  return createHash('sha256').update(text).digest().readUInt32BE() >>> 1;
}
