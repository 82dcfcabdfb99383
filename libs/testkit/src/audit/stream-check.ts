import type { Found } from './faults.ts';
import type { Truth, UserTruth } from './truth.ts';

/**
 * Judges the stream against the publishers (G4 to G6): nothing twice, nobody else's, nothing refused, all that was
 * acknowledged, in each publisher's order.
 * @param remade whether the stream was made anew during the run, so that what was before is rightly gone.
 */
export function checkStreams(truth: Truth, found: Found, remade: boolean): void {
  for (const { event, seq } of truth.committedAgain)
    found.committedTwice.push({ user: truth.ownerOf(event), id: truth.idOf(event), seq });
  for (const { event, user, seq } of truth.strayed)
    found.crossed.push({ user, id: truth.idOf(event), seq, detail: `published for ${truth.ownerOf(event)}` });
  for (const events of truth.users.values()) {
    checkOrder(events, truth, found);
    checkKept(events, truth, found, remade);
  }
}

function checkOrder({ user, committed }: UserTruth, truth: Truth, found: Found): void {
  const lastOf = new Map<string, number>();
  for (const event of committed) {
    const publisher = truth.publisherOf(event);
    if (publisher === undefined) continue;
    const [id, seq] = [truth.idOf(event), truth.placeOf(event)];
    if (truth.outcomeOf(event) === 'refused')
      found.invented.push({ user, id, seq, detail: 'refused, yet committed' });
    const last = lastOf.get(publisher) ?? -1;
    if (event < last) found.publisherOrder.push({ user, id, seq, detail: `after ${truth.idOf(last)}` });
    lastOf.set(publisher, Math.max(last, event));
  }
}

/** Everything acknowledged is in the stream, where it was said to be, but for the oldest, if they had to go. */
function checkKept(
  { user, published, committed }: UserTruth,
  truth: Truth,
  found: Found,
  remade: boolean,
): void {
  const stream = truth.streamOf(user);
  const mayDiscard =
    remade ||
    (committed.length > 0 &&
      (stream === undefined || stream.agedUpTo > 0 || committed.length >= stream.keepPerUser));
  let isOldest = mayDiscard;
  for (const event of published) {
    const acknowledged = truth.outcomeOf(event) === 'acknowledged';
    if (truth.isKept(event)) {
      isOldest = false;
      const [told, place] = [truth.receiptOf(event), truth.placeOf(event)];
      if (acknowledged && told > 0 && told !== place) {
        const detail = `acknowledged as ${told}`;
        found.notKept.push({ user, id: truth.idOf(event), seq: place, detail });
      }
    } else if (acknowledged && !isOldest) {
      found.notKept.push({ user, id: truth.idOf(event) });
    }
  }
}
