import type { Audit, Fault } from './audit.ts';

const FAULTS_SHOWN = 3;

/** `clean`, or what is wrong in words: the counts, and of each kind of fault how many and the first few. */
export function verdict(audit: Audit): string {
  const { clean, counts, unacknowledgedDelivered, ...faults } = audit;
  if (clean) return 'clean';
  const lines = [
    `not clean: ${counts.acknowledged} acknowledged, ${counts.committed} committed, ` +
      `${counts.delivered} delivered, ${unacknowledgedDelivered} delivered without an acknowledgement`,
  ];
  for (const [kind, found] of Object.entries<readonly Fault[]>(faults)) {
    if (found.length === 0) continue;
    lines.push(
      `${kind}: ${found.length}`,
      ...found.slice(0, FAULTS_SHOWN).map((fault) => `  ${JSON.stringify(fault)}`),
    );
  }
  return lines.join('\n');
}
