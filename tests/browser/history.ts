import type { IngressApi } from '@longspan/testkit';

/** An event as the log holds it. */
export interface Committed {
  readonly position: string;
  readonly event: { readonly id: string; readonly type: string };
}

interface HistoryPage {
  readonly events: readonly Committed[];
  readonly next: string;
  readonly more: boolean;
}

/** Reads all that the log keeps of a user through the ingress, page by page. */
export async function fullHistory(ingress: IngressApi, user: string): Promise<readonly Committed[]> {
  const all: Committed[] = [];
  let after = 'earliest';
  for (;;) {
    const answer = await ingress.request(
      `/v1/users/${encodeURIComponent(user)}/events?after=${after}&limit=1000`,
    );
    if (!answer.ok) throw new Error(`${answer.status} from the ingress: ${await answer.text()}`);
    const page = (await answer.json()) as HistoryPage;
    all.push(...page.events);
    if (!page.more) return all;
    after = page.next;
  }
}
