/** A JWT that nobody signed: hand-driven edges do not look. */
export function testToken(claims: Readonly<Record<string, unknown>> = {}): string {
  const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
  return `${part({ alg: 'none' })}.${part({ sub: 'ada', ...claims })}.`;
}
