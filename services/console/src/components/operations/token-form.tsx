import { useState, type SyntheticEvent } from 'react';

interface Props {
  /** Whether the token that was tried is not valid. */
  readonly refused: boolean;
  readonly onToken: (token: string) => void;
}

/** Asks for an operator's token. */
export function TokenForm({ refused, onToken }: Props) {
  const [draft, setDraft] = useState('');
  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    if (draft.trim() !== '') onToken(draft.trim());
  };
  return (
    <form className="token-form card" onSubmit={submit}>
      <label htmlFor="operator-token">Operator’s token</label>
      <p>One of LONGSPAN_OPERATIONS_TOKENS. It stays in this tab.</p>
      <div>
        <input
          id="operator-token"
          type="password"
          autoComplete="off"
          value={draft}
          aria-invalid={refused}
          onChange={(event) => setDraft(event.target.value)}
        />
        <button type="submit" disabled={draft.trim() === ''}>
          Show operations
        </button>
      </div>
      {refused && <p role="alert">This ingress does not know this token.</p>}
    </form>
  );
}
