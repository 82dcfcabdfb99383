import { useState } from 'react';
import { applyTheme, nextTheme, storedTheme, type Theme } from '../config/theme.ts';
import { searchOfPlace, type Place } from '../config/page-address.ts';
import { Icon, type IconName } from './icon.tsx';
import { Logo } from './logo.tsx';

interface Props {
  readonly place: Place;
  /** Undefined where there is only one place to be. */
  readonly onPlace: ((place: Place) => void) | undefined;
  /** Undefined while there is no room for another user. */
  readonly onAddUser: (() => void) | undefined;
}

const THEME_ICONS: Record<Theme, IconName> = { auto: 'auto', light: 'sun', dark: 'moon' };

const PLACES: readonly { readonly place: Place; readonly label: string; readonly icon: IconName }[] = [
  { place: 'users', label: 'Users', icon: 'chat' },
  { place: 'operations', label: 'Operations', icon: 'pulse' },
];

/** The page's head: name, places, theme, another user. */
export function TopBar({ place, onPlace, onAddUser }: Props) {
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
      {onPlace && (
        <nav className="places" aria-label="Places">
          {PLACES.map((one) => (
            <a
              key={one.place}
              className="quiet"
              href={searchOfPlace(location.search, one.place)}
              aria-current={one.place === place ? 'page' : undefined}
              onClick={(event) => {
                // Into another tab, the browser goes by itself.
                if (event.ctrlKey || event.metaKey || event.shiftKey) return;
                event.preventDefault();
                onPlace(one.place);
              }}
            >
              <Icon name={one.icon} />
              <span>{one.label}</span>
            </a>
          ))}
        </nav>
      )}
      {onAddUser && (
        <button type="button" className="quiet" onClick={onAddUser} aria-label="Second user">
          <Icon name="plus" /> <span>Second user</span>
        </button>
      )}
      <a className="quiet api" href="/openapi.json">
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
