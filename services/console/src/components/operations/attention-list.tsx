import type { Attention } from '../../state/attention.ts';
import { Icon } from '../icon.tsx';

/** What stands out, or that nothing does. It is read out when it changes. */
export function AttentionList({ attentions }: { readonly attentions: readonly Attention[] }) {
  return (
    <div className="attentions" role="status">
      {attentions.length === 0 && (
        <p data-weight="good">
          <Icon name="tick" /> All is well.
        </p>
      )}
      {attentions.map(({ weight, text }) => (
        <p key={text} data-weight={weight}>
          <Icon name={weight === 'bad' ? 'cross' : weight === 'warn' ? 'bolt' : 'clock'} /> {text}
        </p>
      ))}
    </div>
  );
}
