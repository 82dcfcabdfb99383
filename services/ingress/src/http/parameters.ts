import { parseUserId, USER_ID_BYTES_MAX, type UserId } from '@longspan/protocol';
import { z } from 'zod';
import { Problem } from './problems.ts';

const UserParam = z.object({ user: z.string() });

/** The user of a path such as `/v1/users/{user}/events`. @throws Problem `invalid_user` */
export function userOfPath(params: unknown): UserId {
  const path = UserParam.safeParse(params);
  return userOf(path.success ? path.data.user : '');
}

/** @throws Problem `invalid_user` */
export function userOf(text: string): UserId {
  const user = parseUserId(text);
  if (user !== undefined) return user;
  const expected = `1 to ${USER_ID_BYTES_MAX} bytes of UTF-8 without control characters`;
  throw new Problem('invalid_user', `A user id is ${expected}.`);
}

/** The query's parameters. @throws Problem `invalid_parameter` for the first that is not as the schema says. */
export function readQuery<Query>(schema: z.ZodType<Query>, query: unknown): Query {
  const result = schema.safeParse(query);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  throw new Problem(
    'invalid_parameter',
    `${issue?.path.join('.') ?? 'query'}: ${issue?.message ?? 'not valid'}.`,
  );
}
