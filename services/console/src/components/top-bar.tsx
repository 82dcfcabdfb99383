import { useState } from 'react';
import { applyTheme, nextTheme, storedTheme, type Theme } from '../config/theme.ts';
import { Icon, type IconName } from './icon.tsx';
import { Logo } from './logo.tsx';

interface Props {
  /** Undefined while there is no room for another user. */
  readonly onAddUser: (() => void) | undefined;
}

const THEME_ICONS: Record<Theme, IconName> = { auto: 'auto', light: 'sun', dark: 'moon' };

/** The page's head: name, theme, another user. */
export function TopBar({ onAddUser }: Props) {
  const [theme, setTheme] = useState(storedTheme);
  const toggle = () => {
    const next = nextTheme(theme);
    applyTheme(next);
    setTheme(next);
  };
  return (
    <header className="top-bar">
      <h1>
        <Logo />
      </h1>
      <p className="tagline">Every event once, in order, from any edge</p>
      {onAddUser && (
        <button type="button" className="quiet" onClick={onAddUser}>
          <Icon name="plus" /> Second user
        </button>
      )}
      <a className="quiet" href="/openapi.json">
        API
      </a>
      <button
        type="button"
        className="quiet square"
        onClick={toggle}
        aria-label={`Theme: ${theme}`}
        title={`Theme: ${theme}`}
      >
        <Icon name={THEME_ICONS[theme]} />
      </button>
    </header>
  );
}
