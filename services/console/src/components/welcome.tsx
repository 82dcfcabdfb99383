import type { ConfigAnswer } from '../config/console-config.ts';
import { Logo } from './logo.tsx';

/** What is shown until the ingress has said where the edges are, and when it will not. */
export function Welcome({ answer }: { readonly answer: ConfigAnswer | undefined }) {
  return (
    <main className="welcome" aria-live="polite">
      <Logo />
      <p>{sentence(answer)}</p>
    </main>
  );
}

function sentence(answer: ConfigAnswer | undefined): string {
  switch (answer?.kind) {
    case 'production':
      return 'This ingress runs in production mode and signs no tokens. The console needs development mode.';
    case 'unreachable':
      return `Waiting: ${answer.reason}. This page asks again by itself.`;
    default:
      return 'Finding the edges…';
  }
}
