/** Renews the session's token before the old one expires. It must be for the same user. */
export interface Auth {
  readonly type: 'auth';
  readonly token: string;
}
