import type { RunPart } from '../state/chat-run.ts';
import { Icon } from './icon.tsx';

interface Props {
  readonly part: RunPart;
  /** More of it may come. */
  readonly growing: boolean;
}

/** A thought, a use of a tool, or a stretch of text. */
export function RunPartView({ part, growing }: Props) {
  switch (part.kind) {
    case 'thinking':
      return <p className={growing ? 'thinking growing' : 'thinking'}>{part.text}</p>;
    case 'text':
      return <p className={growing ? 'output growing' : 'output'}>{part.text}</p>;
    case 'tool_running':
      return (
        <p className="tool" data-running>
          <Icon name="tool" />
          <b>{part.tool}</b>
          <code>{brief(part.input)}</code>
        </p>
      );
    case 'tool_done':
      return (
        <p className="tool">
          <Icon name="tool" />
          <b>{part.tool}</b>
          <code>{brief(part.input)}</code>
          <span aria-label="gives">→</span>
          <code>{brief(part.output)}</code>
        </p>
      );
  }
}

/** A value in one line: the only field's text where there is one, else JSON. */
function brief(value: unknown): string {
  if (value === undefined) return '';
  if (typeof value === 'string') return value;
  if (typeof value === 'object' && value !== null) {
    const values: readonly unknown[] = Object.values(value);
    const only = values[0];
    if (values.length === 1 && (typeof only === 'string' || typeof only === 'number')) return String(only);
  }
  return JSON.stringify(value);
}
