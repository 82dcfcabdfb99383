import { isDecided } from '@longspan/broker';
import type { Attributes, Context, Link, SpanKind } from '@opentelemetry/api';
import {
  ParentBasedSampler,
  SamplingDecision,
  TraceIdRatioBasedSampler,
  type Sampler,
  type SamplingResult,
} from '@opentelemetry/sdk-trace';

/** A span that begins with this attribute is kept, whatever the ratio and whatever became of its parent. */
const KEPT = 'longspan.kept';

/**
 * Keeps what the caller keeps; of the traces that begin here, a part, of which most have been decided on before
 * (`decideRoots`); and always what is marked `longspan.kept`: gaps and failures.
 */
export class KeepingSampler implements Sampler {
  readonly #ordinary: Sampler;

  /** @param ratio the part of traces that begin here and are kept, from 0 to 1. */
  constructor(ratio: number) {
    this.#ordinary = new ParentBasedSampler({ root: new TraceIdRatioBasedSampler(ratio) });
  }

  shouldSample(
    context: Context,
    traceId: string,
    name: string,
    kind: SpanKind,
    attributes: Attributes,
    links: Link[],
  ): SamplingResult {
    if (attributes[KEPT] === true || isDecided(context))
      return { decision: SamplingDecision.RECORD_AND_SAMPLED };
    return this.#ordinary.shouldSample(context, traceId, name, kind, attributes, links);
  }

  toString(): string {
    return `KeepingSampler{${this.#ordinary.toString()}}`;
  }
}
