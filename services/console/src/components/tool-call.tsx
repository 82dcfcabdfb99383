import type { RunPart } from '../state/chat-run.ts';
import { brief } from '../state/brief.ts';
import { Icon } from './icon.tsx';

interface Props {
  readonly call: Extract<RunPart, { kind: 'tool_running' | 'tool_done' }>;
}

/** A use of a tool in one line; opened, with all that went in and came out. */
export function ToolCall({ call }: Props) {
  const done = call.kind === 'tool_done';
  return (
    <details className="tool" data-running={!done}>
      <summary>
        <Icon name="tool" />
        <b>{call.tool}</b>
        <code>{brief(call.input)}</code>
        {done && <code className="tool-result">{brief(call.output)}</code>}
      </summary>
      <pre tabIndex={0}>
        {JSON.stringify({ input: call.input, ...(done ? { output: call.output } : {}) }, undefined, 2)}
      </pre>
    </details>
  );
}
