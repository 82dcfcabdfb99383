import { expect, test } from 'vitest';
import { placeOfSearch, searchOfPlace, searchOfUsers, usersOfSearch } from './page-address.ts';

test('the address names the users', () => {
  expect(usersOfSearch('?users=grace')).toEqual(['grace']);
  expect(usersOfSearch('?users=grace,alan')).toEqual(['grace', 'alan']);
});

test('an address without usable names shows ada and bob', () => {
  expect(usersOfSearch('')).toEqual(['ada', 'bob']);
  expect(usersOfSearch('?users=,%01')).toEqual(['ada', 'bob']);
});

test('a user is shown once, and two at most', () => {
  expect(usersOfSearch('?users=a,a')).toEqual(['a']);
  expect(usersOfSearch('?users=a,b,c')).toEqual(['a', 'b']);
});

test('the users are written back, beside what else the address says', () => {
  expect(searchOfUsers('?users=a&x=1', ['b c', 'd&e'])).toBe('?users=b%20c,d%26e&x=1');
  expect(usersOfSearch(searchOfUsers('', ['b c', 'd&e']))).toEqual(['b c', 'd&e']);
});

test('the address names the place, and the users stay beside it', () => {
  expect(placeOfSearch('')).toBe('users');
  expect(placeOfSearch('?users=a&view=operations')).toBe('operations');
  const there = searchOfPlace('?users=b%20c,d', 'operations');
  expect(there).toBe('?users=b%20c,d&view=operations');
  expect(searchOfPlace(there, 'users')).toBe('?users=b%20c,d');
  expect(searchOfPlace('?view=operations', 'users')).toBe('?');
});
