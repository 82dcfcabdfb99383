import { setTimeout as sleep } from 'node:timers/promises';
import { unreachable } from '@longspan/protocol';
import type { Completion, Run } from '@longspan/agent';
import { chatText } from '../chat-text.ts';
import type { Toolbox } from '../tools/toolbox.ts';
import { ToolError } from '../tools/tool.ts';
import { parseMessage, STEPS_MAX } from './parse-message.ts';
import { numbers, words } from './recital.ts';
import type { Step } from './step.ts';

const HELP =
  'I am the built-in agent: no language model, but I calculate exactly and know calendars and clocks. Ask me for example:\n' +
  '- "(17.5 + 2^10) * 3", "15% of 80", "sqrt(2) + 1/3"\n' +
  '- "What time is it in Tokyo?", "3pm Berlin in New York"\n' +
  '- "How many days until 2027-01-01?", "90 days from today", "What day is 29 February 2028?"\n' +
  '- "Count words in: a text of yours"\n' +
  '- "Count to 50" or "write 200 words", to watch a long stream\n' +
  'Several questions in one message are fine.';

const HINT = 'Say "help" to see what I can do.';

/**
 * Answers without a language model: it finds out by small parsers what is asked for, uses its tools and says what
 * they found, in pieces, at a pace that people can follow.
 * @param paceMs the pause after each word, in milliseconds; without one the text comes as it is made.
 */
export function builtinRuntime(tools: Toolbox, paceMs: number) {
  return async (run: Run): Promise<Completion> => {
    const steps = parseMessage(chatText(run.command));
    const speaker = new Speaker(run, paceMs);
    const plan = planText(steps);
    if (plan !== undefined) await run.think(plan);
    // Whoever got an answer needs no list of what there is to ask.
    const hint = steps.some((step) => step.kind !== 'unknown') ? HINT : HELP;
    for (const step of steps.slice(0, STEPS_MAX)) await answer(run, tools, speaker, step, hint);
    if (steps.length > STEPS_MAX) {
      await speaker.paragraph(`I stop here: I answer up to ${STEPS_MAX} questions in one message.`);
    }
    return { text: speaker.said };
  };
}

async function answer(run: Run, tools: Toolbox, speaker: Speaker, step: Step, hint: string): Promise<void> {
  switch (step.kind) {
    case 'tool':
      return speaker.paragraph(await toolText(run, tools, step.tool, step.input));
    case 'count':
      return speaker.paragraph(numbers(step.from, step.to));
    case 'words':
      return speaker.paragraph(words(step.count));
    case 'help':
      return speaker.paragraph(HELP);
    case 'unknown':
      return speaker.paragraph(`I did not understand "${shorten(step.text)}". ${hint}`);
    default:
      return unreachable(step);
  }
}

async function toolText(run: Run, tools: Toolbox, name: string, input: unknown): Promise<string> {
  const tool = tools.get(name);
  if (tool === undefined) throw new TypeError(`no tool is called ${name}`);
  try {
    return (await run.tool(name, input, () => tool.run(input))).text;
  } catch (error) {
    if (error instanceof ToolError) return `I cannot say: ${error.message}.`;
    throw error;
  }
}

/** How the answer was come by, in words. */
function planText(steps: readonly Step[]): string | undefined {
  const names = steps.flatMap((step) => (step.kind === 'tool' ? [step.tool.replaceAll('_', ' ')] : []));
  if (names.length === 0) return undefined;
  if (names.length === 1) return `This is a question for my tool "${names[0]}".`;
  return `These are ${names.length} questions, for my tools ${names.map((name) => `"${name}"`).join(', ')}.`;
}

function shorten(text: string): string {
  return text.length > 80 ? `${text.slice(0, 80)}…` : text;
}

/** Says text word by word. */
class Speaker {
  said = '';
  readonly #run: Run;
  readonly #paceMs: number;

  constructor(run: Run, paceMs: number) {
    this.#run = run;
    this.#paceMs = paceMs;
  }

  async paragraph(text: string | Iterable<string>): Promise<void> {
    if (this.said !== '') await this.#say('\n\n');
    for (const piece of typeof text === 'string' ? text.split(/(?<=\s)/) : text) {
      await this.#say(piece);
      if (this.#paceMs > 0) await sleep(this.#paceMs, undefined, { signal: this.#run.signal });
    }
  }

  async #say(piece: string): Promise<void> {
    this.said += piece;
    await this.#run.output(piece);
  }
}
