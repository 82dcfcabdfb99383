import { styleText } from 'node:util';

const hidden = new Set(['level', 'time', 'pid', 'hostname', 'name', 'msg', 'service', 'v', 'process']);
const valueCharactersMax = 200;

type Level = 'debug' | 'info' | 'warn' | 'error';

/** A line of a service's log, as far as it was understood. */
export type LogLine = {
  readonly level: Level;
  readonly time: Date;
  /** The event, such as `edge.ready`; for what is not a log line, the text as it came. */
  readonly message: string;
  readonly fields: Readonly<Record<string, unknown>>;
};

/** Reads a line that pino wrote (numeric or named levels, epoch milliseconds or ISO times); any other text is a message. */
export function parseLogLine(text: string, now: Date): LogLine {
  const record = jsonObject(text);
  if (record === undefined) return { level: 'info', time: now, message: text, fields: {} };
  const { msg, level, time } = record;
  const date = typeof time === 'number' || typeof time === 'string' ? new Date(time) : now;
  return {
    level: levelOf(level),
    time: Number.isNaN(date.getTime()) ? now : date,
    message: typeof msg === 'string' ? msg : '',
    fields: Object.fromEntries(Object.entries(record).filter(([name]) => !hidden.has(name))),
  };
}

/** One line for a person: time, who, what, and the fields. */
export function formatLogLine(who: string, line: LogLine, colour: (text: string) => string): string {
  const clock = styleText('dim', line.time.toTimeString().slice(0, 8));
  const fields = Object.entries(line.fields).map(
    ([name, value]) => styleText('dim', `${name}=`) + shown(value),
  );
  const message = line.level === 'error' ? styleText('red', line.message) : line.message;
  const marked = line.level === 'warn' ? styleText('yellow', line.message) : message;
  return [clock, colour(who.padEnd(8)), marked, ...fields].join(' ');
}

function shown(value: unknown): string {
  if (isErrorRecord(value)) return JSON.stringify(value.message);
  const text = typeof value === 'string' && !/[\s"]/u.test(value) ? value : (JSON.stringify(value) ?? '');
  return text.length > valueCharactersMax ? `${text.slice(0, valueCharactersMax)}…` : text;
}

function isErrorRecord(value: unknown): value is { message: string } {
  return typeof value === 'object' && value !== null && 'message' in value && 'stack' in value;
}

function levelOf(level: unknown): Level {
  const names: Record<string, number> = { trace: 10, debug: 20, info: 30, warn: 40, error: 50, fatal: 60 };
  const number = typeof level === 'number' ? level : (names[String(level)] ?? 30);
  if (number >= 50) return 'error';
  if (number >= 40) return 'warn';
  return number >= 30 ? 'info' : 'debug';
}

function jsonObject(text: string): Record<string, unknown> | undefined {
  if (!text.startsWith('{')) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}
