/**
 * A value in one line: an object by its numbers and texts. A field named `text` is left out where there are
 * others: it says the same in prose.
 */
export function brief(value: unknown): string {
  if (value === undefined || value === null) return '';
  if (typeof value !== 'object') return String(value);
  if (Array.isArray(value)) return value.map(brief).join(' · ');
  const fields = Object.entries(value).filter(([, field]) => isPlain(field));
  const facts = fields.filter(([name]) => name !== 'text');
  return (facts.length > 0 ? facts : fields).map(([, field]) => String(field)).join(' · ');
}

function isPlain(value: unknown): boolean {
  return typeof value === 'string' || typeof value === 'number';
}
