import type { Attention } from '../../state/attention.ts';
import { Icon } from '../icon.tsx';

/** What stands out, or that nothing does. What it is about is read out when that changes, but no numbers. */
export function AttentionList({ attentions }: { readonly attentions: readonly Attention[] }) {
  const subjects = new Set(attentions.map(({ about }) => about));
  return (
    <div className="attentions">
      <p className="visually-hidden" role="status">
        {attentions.length === 0 ? 'All is well' : `To be looked at: ${[...subjects].join(', ')}`}
      </p>
      {attentions.length === 0 && (
        <p data-weight="good">
          <Icon name="tick" /> All is well.
        </p>
      )}
      {attentions.map(({ weight, about, text }, at) => (
        <p key={`${about} ${at}`} data-weight={weight}>
          <Icon name={weight === 'bad' ? 'cross' : weight === 'warn' ? 'bolt' : 'clock'} /> {text}
        </p>
      ))}
    </div>
  );
}
