const ON_THIS_MACHINE = /^https?:\/\/(?:localhost|[a-z0-9-]+\.localhost|127\.0\.0\.1|\[::1\])(?::\d+)?$/;

/**
 * Whether pages of an origin may call.
 * @param allowed `*` is any; undefined is any page on this machine.
 */
export function isOriginAllowed(origin: string, allowed: readonly string[] | undefined): boolean {
  if (allowed === undefined) return ON_THIS_MACHINE.test(origin);
  return allowed.includes('*') || allowed.includes(origin);
}
