import { parseUserId } from '@longspan/protocol';
import { useState, type KeyboardEvent } from 'react';

interface Props {
  readonly user: string;
  readonly onRename: (user: string) => void;
}

/** The user's name as a field: Enter or leaving it goes to that user, Escape takes the change back. */
export function UserName({ user, onRename }: Props) {
  const [draft, setDraft] = useState(user);
  const name = draft.trim();
  const valid = parseUserId(name) !== undefined && !name.includes(',');
  const apply = () => {
    if (valid && name !== user) onRename(name);
    setDraft(user);
  };
  const onKeyDown = (event: KeyboardEvent<HTMLInputElement>) => {
    if (event.key === 'Enter') event.currentTarget.blur();
    if (event.key === 'Escape') setDraft(user);
  };
  return (
    <input
      className="user-name"
      aria-label="User of this pane"
      title="Change the name to look at another user"
      aria-invalid={!valid}
      value={draft}
      size={Math.max(3, draft.length)}
      maxLength={64}
      autoComplete="off"
      autoCapitalize="off"
      spellCheck={false}
      onChange={(event) => setDraft(event.target.value)}
      onBlur={apply}
      onKeyDown={onKeyDown}
    />
  );
}
