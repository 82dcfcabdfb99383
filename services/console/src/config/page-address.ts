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

/** What of the console is shown: what users see, or how the system is. */
export type Place = 'users' | 'operations';

/** The place that the page's address names, `?view=operations`. */
export function placeOfSearch(search: string): Place {
  return new URLSearchParams(search).get('view') === 'operations' ? 'operations' : 'users';
}

/** The address's query that names this place; other parameters stay as they are written. */
export function searchOfPlace(search: string, place: Place): string {
  const rest = search
    .replace(/^\?/, '')
    .split('&')
    .filter((part) => part !== '' && !part.startsWith('view='));
  const parts = place === 'operations' ? [...rest, 'view=operations'] : rest;
  return parts.length === 0 ? '?' : `?${parts.join('&')}`;
}

/** The address's query that names these users; other parameters stay. */
export function searchOfUsers(search: string, users: readonly string[]): string {
  const params = new URLSearchParams(search);
  params.delete('users');
  const rest = params.toString();
  const list = users.map((user) => encodeURIComponent(user)).join(',');
  return `?users=${list}${rest === '' ? '' : `&${rest}`}`;
}
