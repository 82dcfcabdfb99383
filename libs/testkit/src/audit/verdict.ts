import type { Audit } from './audit.ts';
import { FAULT_KINDS, faultKindsOf } from './faults.ts';

const FAULTS_SHOWN = 3;

/** `clean`, or what is wrong in words: the counts, and of each kind of fault how many and the first few. */
export function verdict(audit: Audit): string {
  if (audit.clean) return 'clean';
  const { counts, unacknowledgedDelivered } = audit;
  const lines = [
    `not clean: ${counts.acknowledged} acknowledged, ${counts.committed} committed, ` +
      `${counts.delivered} delivered, ${unacknowledgedDelivered} delivered without an acknowledgement`,
  ];
  for (const kind of faultKindsOf(audit)) {
    const found = audit[kind];
    lines.push(
      `${kind}: ${found.length} (${FAULT_KINDS[kind]})`,
      ...found.slice(0, FAULTS_SHOWN).map((fault) => `  ${JSON.stringify(fault)}`),
    );
  }
  return lines.join('\n');
}
