/** One series as Prometheus reads it. */
export interface Series {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

const KIND = /^# TYPE (\S+) (\S+)$/gm;
const SAMPLE = /^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})? (\S+)$/;
const LABEL = /([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\]|\\.)*)"/g;

/** What a process told Prometheus at one moment. */
export class Scrape {
  readonly text: string;
  readonly series: readonly Series[];
  /** The kind of each family: `counter`, `gauge`, `histogram`. */
  readonly kinds: ReadonlyMap<string, string>;

  /** @throws SyntaxError for a line that is not of Prometheus' text format. */
  constructor(text: string) {
    this.text = text;
    this.series = text
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('#'))
      .map(seriesOf);
    this.kinds = new Map(
      [...text.matchAll(KIND)].map(([, family = '', kind = '']) => [family, kind] as const),
    );
  }

  /** The names of all series; a histogram has three. */
  get names(): ReadonlySet<string> {
    return new Set(this.series.map(({ name }) => name));
  }

  /** The sum of all series of this name that have these labels; undefined if there is none. */
  value(name: string, labels: Readonly<Record<string, string>> = {}): number | undefined {
    const matching = this.series.filter(
      (series) =>
        series.name === name &&
        Object.entries(labels).every(([label, value]) => series.labels[label] === value),
    );
    return matching.length === 0 ? undefined : matching.reduce((sum, { value }) => sum + value, 0);
  }
}

/** Reads a metrics endpoint, such as `http://127.0.0.1:9464/metrics`. */
export async function scrape(url: string): Promise<Scrape> {
  const answer = await fetch(url);
  if (!answer.ok) throw new Error(`${answer.status} from ${url}`);
  return new Scrape(await answer.text());
}

function seriesOf(line: string): Series {
  const [, name, labels = '', value] = SAMPLE.exec(line) ?? [];
  if (name === undefined || value === undefined) throw new SyntaxError(`not a sample: ${line}`);
  const pairs = [...labels.matchAll(LABEL)].map(([, label = '', text = '']) => [label, unescaped(text)]);
  return { name, labels: Object.fromEntries(pairs), value: Number(value.replace('Inf', 'Infinity')) };
}

function unescaped(text: string): string {
  return text.replace(/\\(.)/g, (_, char: string) => (char === 'n' ? '\n' : char));
}
