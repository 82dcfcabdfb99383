const LOCAL_HOSTS = new Set(['localhost', '127.0.0.1', '[::1]']);

/**
 * Whether a page of this origin may connect. No origin means no page: back ends and `curl` send none.
 * @param allowed `*` is any origin, undefined any page on this machine.
 */
export function originAllowed(origin: string | undefined, allowed: readonly string[] | undefined): boolean {
  if (origin === undefined) return true;
  if (allowed === undefined) return URL.canParse(origin) && LOCAL_HOSTS.has(new URL(origin).hostname);
  return allowed.includes('*') || allowed.includes(origin);
}
