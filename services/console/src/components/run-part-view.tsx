import type { RunPart } from '../state/chat-run.ts';
import { ToolCall } from './tool-call.tsx';

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
      return <p className={growing ? 'output growing' : 'output'}>{part.text.trim()}</p>;
    case 'tool_running':
    case 'tool_done':
      return <ToolCall call={part} />;
  }
}
