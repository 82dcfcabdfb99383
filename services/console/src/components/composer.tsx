import { useState, type FormEvent, type KeyboardEvent } from 'react';
import { Icon } from './icon.tsx';

interface Props {
  readonly placeholder: string;
  /** The run that can be stopped. */
  readonly active: string | undefined;
  readonly onSend: (text: string) => void;
  readonly onStop: (runid: string) => void;
}

/** Characters of a message; far below the size of an event. */
const MESSAGE_CHARS_MAX = 8_000;

/** Where a message is written. Enter sends, Shift and Enter make a new line. */
export function Composer({ placeholder, active, onSend, onStop }: Props) {
  const [text, setText] = useState('');
  const ready = text.trim() !== '';
  const submit = () => {
    if (!ready) return;
    onSend(text.trim());
    setText('');
  };
  const onSubmit = (event: FormEvent) => {
    event.preventDefault();
    submit();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== 'Enter' || event.shiftKey || event.nativeEvent.isComposing) return;
    event.preventDefault();
    submit();
  };
  return (
    <form className="composer" onSubmit={onSubmit}>
      <textarea
        rows={1}
        aria-label="Message"
        placeholder={placeholder}
        value={text}
        maxLength={MESSAGE_CHARS_MAX}
        onChange={(event) => setText(event.target.value)}
        onKeyDown={onKeyDown}
        enterKeyHint="send"
      />
      {active !== undefined && (
        <button type="button" className="stop" onClick={() => onStop(active)} aria-label="Stop the agent">
          <Icon name="stop" />
        </button>
      )}
      <button type="submit" className="send" disabled={!ready} aria-label="Send">
        <Icon name="send" />
      </button>
    </form>
  );
}
