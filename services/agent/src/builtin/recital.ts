/** What is recited when somebody asks for words: how this very text travels. */
const TEXT = `
Every word that you read here is a piece of an event, and every event was written to a log before it was sent to you.
The log keeps the order: whoever reads along, on this screen or on another, sees the same words in the same sequence.
If your connection breaks now, nothing is lost, because the log does not forget what you have not yet read.
When you come back, you say where you were, and whichever edge answers goes on from exactly there.
The worker that writes this does not know whether anybody is listening, and it need not know.
Should it be killed in the middle of a sentence, another worker takes the command over and begins a new attempt.
You would see the new attempt announce itself, and the old words step aside for the new ones.
Each event names the one before it, so that a missing link is noticed and never passed over in silence.
That is all there is to it: one log, one order, and readers who may come and go as they please.
`
  .trim()
  .split(/\s+/);

/** Numbers as they are spoken, one after the other. */
export function* numbers(from: number, to: number): Generator<string> {
  for (let number = from; number <= to; number++) yield number === to ? `${number}.` : `${number}, `;
}

/** So many words, over and over from the beginning. */
export function* words(count: number): Generator<string> {
  for (let index = 0; index < count; index++) {
    const word = TEXT[index % TEXT.length] ?? '';
    yield index === count - 1 ? `${word.replace(/[.,:]$/, '')}.` : `${word} `;
  }
}
