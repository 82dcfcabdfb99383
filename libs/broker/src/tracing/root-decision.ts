import { createContextKey, type Context } from '@opentelemetry/api';

/** Says in a context that the trace beginning there has been decided on: it is to be kept. */
const DECIDED = createContextKey('longspan.root_is_kept');

let keptPart: number | undefined;

/**
 * From now on, until disposed of, of the operations that begin a trace a part is kept, drawn before a span is made:
 * what nobody keeps then costs a random number instead of a span's ids, links and sampler.
 *
 * @param ratio the part that is kept, from 0 to 1.
 */
export function decideRoots(ratio: number): Disposable {
  keptPart = ratio;
  return {
    [Symbol.dispose]: () => {
      keptPart = undefined;
    },
  };
}

/** Whether a trace that begins now is to be made; if nobody decides here, it is for its sampler to say. */
export function keepsRoot(): boolean {
  return keptPart === undefined || (keptPart > 0 && Math.random() < keptPart);
}

/** The context in which a span is started that `keepsRoot` was for. */
export function decided(parent: Context): Context {
  return keptPart === undefined ? parent : parent.setValue(DECIDED, true);
}

/** For samplers: whether that was said of the span that is started here. */
export function isDecided(context: Context): boolean {
  return context.getValue(DECIDED) === true;
}
