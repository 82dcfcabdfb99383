import { z } from 'zod';
import { defineTool } from './tool.ts';

const TEXT_CHARS_MAX = 100_000;
const WORDS_PER_MINUTE = 230;
const FREQUENT_MAX = 5;
/** Words too common to say anything of a text. */
const COMMON = new Set(
  'a an and are as at be but by for from has have he her his i in is it its not of on or she that the their they this to was we were which with you'.split(
    ' ',
  ),
);

const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });
const words = new Intl.Segmenter('en', { granularity: 'word' });
const sentences = new Intl.Segmenter('en', { granularity: 'sentence' });

export const textStatistics = defineTool({
  name: 'text_statistics',
  description:
    'Counts characters, words, sentences and lines of a text, its reading time and its most frequent words.',
  input: z.object({ text: z.string().min(1).max(TEXT_CHARS_MAX) }),
  run({ text }) {
    const found = [...words.segment(text)]
      .filter((part) => part.isWordLike)
      .map((part) => part.segment.toLowerCase());
    const characters = countOf(graphemes.segment(text));
    const withoutSpaces = countOf(graphemes.segment(text.replace(/\s/g, '')));
    const sentenceCount = [...sentences.segment(text)].filter((part) =>
      /\p{L}|\p{N}/u.test(part.segment),
    ).length;
    const frequent = frequentWords(found);
    const seconds = Math.ceil((found.length / WORDS_PER_MINUTE) * 60);
    const said = [
      `The text has ${plural(found.length, 'word')} (${new Set(found).size} different) in ${plural(sentenceCount, 'sentence')}, ` +
        `${plural(characters, 'character')} (${withoutSpaces} without spaces), and takes about ${readingTime(seconds)} to read.`,
      frequent.length > 0
        ? `Most frequent: ${frequent.map(([word, times]) => `"${word}" (${times})`).join(', ')}.`
        : '',
    ];
    return {
      text: said.filter(Boolean).join(' '),
      words: found.length,
      differentWords: new Set(found).size,
      sentences: sentenceCount,
      lines: text.split(/\r\n|\r|\n/).length,
      characters,
      charactersWithoutSpaces: withoutSpaces,
      readingSeconds: seconds,
      frequent: Object.fromEntries(frequent),
    };
  },
});

function countOf(parts: Iterable<unknown>): number {
  return [...parts].length;
}

/** The words that come more than once, common ones left out; the more frequent, then the earlier, first. */
function frequentWords(found: readonly string[]): readonly (readonly [string, number])[] {
  const times = new Map<string, number>();
  for (const word of found) if (!COMMON.has(word)) times.set(word, (times.get(word) ?? 0) + 1);
  return [...times]
    .filter(([, count]) => count > 1)
    .toSorted(([, a], [, b]) => b - a)
    .slice(0, FREQUENT_MAX);
}

function readingTime(seconds: number): string {
  return seconds < 60 ? plural(seconds, 'second') : plural(Math.round(seconds / 60), 'minute');
}

function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
