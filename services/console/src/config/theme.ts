/** `auto` follows the system's preference. */
export type Theme = 'auto' | 'light' | 'dark';

const KEY = 'longspan.theme';
const THEMES: readonly Theme[] = ['auto', 'light', 'dark'];

/** The theme chosen earlier on this device. */
export function storedTheme(): Theme {
  const stored = readStorage();
  return THEMES.find((theme) => theme === stored) ?? 'auto';
}

/** Applies a theme to the document and remembers it. */
export function applyTheme(theme: Theme): void {
  document.documentElement.dataset['theme'] = theme;
  try {
    localStorage.setItem(KEY, theme);
  } catch {
    // Storage may be forbidden; the choice then lasts as long as the page.
  }
}

/** The next one in the toggle's order. */
export function nextTheme(theme: Theme): Theme {
  return THEMES[(THEMES.indexOf(theme) + 1) % THEMES.length] ?? 'auto';
}

function readStorage(): string | null {
  try {
    return localStorage.getItem(KEY);
  } catch {
    return null;
  }
}
