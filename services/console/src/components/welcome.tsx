import type { ConfigAnswer } from '../config/console-config.ts';
import { Logo } from './logo.tsx';

interface Props {
  readonly answer: Exclude<ConfigAnswer, { kind: 'production' }> | undefined;
}

/** What is shown until the ingress has said where the edges are. */
export function Welcome({ answer }: Props) {
  return (
    <main className="welcome" aria-live="polite">
      <Logo />
      <p>{sentence(answer)}</p>
    </main>
  );
}

function sentence(answer: Props['answer']): string {
  switch (answer?.kind) {
    case 'unreachable':
      return `Waiting: ${answer.reason}. This page asks again by itself.`;
    default:
      return 'Finding the edges…';
  }
}
