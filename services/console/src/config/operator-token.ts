const KEY = 'longspan.operator-token';

/** The operator's token that was typed in on this tab; it is forgotten with the tab. */
export function storedOperatorToken(): string | undefined {
  try {
    return sessionStorage.getItem(KEY) ?? undefined;
  } catch {
    return undefined;
  }
}

export function storeOperatorToken(token: string): void {
  try {
    sessionStorage.setItem(KEY, token);
  } catch {
    // Storage may be forbidden; the token then lasts as long as the page.
  }
}
