interface Props {
  readonly disabled: boolean;
  readonly onChoose: (text: string) => void;
}

const SUGGESTIONS = [
  'What is 17.5% of 2480?',
  'What time is it in Tokyo?',
  'How many days until 2030-01-01?',
  'Count to 50',
];

/** An empty chat: what one may ask. */
export function Suggestions({ disabled, onChoose }: Props) {
  return (
    <div className="suggestions">
      <p>
        Ask the agent something, and watch its events arrive. Then cut the connection while it answers:
        nothing is lost and nothing comes twice.
      </p>
      <ul>
        {SUGGESTIONS.map((text) => (
          <li key={text}>
            <button type="button" disabled={disabled} onClick={() => onChoose(text)}>
              {text}
            </button>
          </li>
        ))}
      </ul>
    </div>
  );
}
