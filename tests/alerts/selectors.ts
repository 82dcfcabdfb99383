const STRINGS = /"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'/g;
const GROUPINGS = /\b(?:by|without|on|ignoring|group_left|group_right)\s*\([^)]*\)/g;
const WORDS = new Set([
  'and',
  'or',
  'unless',
  'bool',
  'offset',
  'by',
  'without',
  'on',
  'ignoring',
  'inf',
  'nan',
]);
/** Labels that Prometheus adds, or a histogram has. */
const COMMON_LABELS = new Set(['job', 'instance', 'le', '__name__']);

/** A selector of a PromQL query: a metric, and the labels by which it is narrowed. */
export interface Selector {
  readonly metric: string;
  readonly labels: readonly string[];
}

/** The selectors in a query, but for labels that every series can have. */
export function selectorsOf(query: string): readonly Selector[] {
  const bare = query
    .replaceAll(STRINGS, '""')
    .replaceAll(GROUPINGS, ' ')
    .replaceAll(/\[[^\]]*\]/g, ' ');
  const names = bare.matchAll(/(?<![\w:.])([a-zA-Z_:][\w:]*)\s*(\(|\{[^}]*\})?/g);
  return [...names].flatMap(([, metric = '', after = '']) => {
    if (after === '(' || WORDS.has(metric)) return [];
    const labels = [...after.matchAll(/([a-zA-Z_]\w*)\s*(?:=~|!~|!=|=)/g)].map(([, label = '']) => label);
    return [{ metric, labels: labels.filter((label) => !COMMON_LABELS.has(label)) }];
  });
}
