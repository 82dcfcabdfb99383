import { parseUserId } from '@longspan/protocol';

/** Panes that fit beside each other. */
export const USERS_MAX = 2;

const USERS_DEFAULT = ['ada', 'bob'];

/**
 * The users that the page's address names, `?users=ada,bob`: different from each other, at most two, and at least one.
 * @param search the address's query, with or without `?`.
 */
export function usersOfSearch(search: string): readonly string[] {
  const named = (new URLSearchParams(search).get('users') ?? '').split(',').map((name) => name.trim());
  const users = [...new Set(named)].filter((name) => parseUserId(name) !== undefined).slice(0, USERS_MAX);
  return users.length > 0 ? users : USERS_DEFAULT;
}

/** The address's query that names these users; other parameters stay. */
export function searchOfUsers(search: string, users: readonly string[]): string {
  const params = new URLSearchParams(search);
  params.delete('users');
  const rest = params.toString();
  const list = users.map((user) => encodeURIComponent(user)).join(',');
  return `?users=${list}${rest === '' ? '' : `&${rest}`}`;
}
