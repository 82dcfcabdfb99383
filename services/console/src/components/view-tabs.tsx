import { Icon, type IconName } from './icon.tsx';

export type View = 'chat' | 'events' | 'connection';

interface Props {
  readonly view: View;
  readonly events: number;
  readonly onView: (view: View) => void;
}

const VIEWS: readonly { readonly view: View; readonly label: string; readonly icon: IconName }[] = [
  { view: 'chat', label: 'Chat', icon: 'chat' },
  { view: 'events', label: 'Events', icon: 'list' },
  { view: 'connection', label: 'Connection', icon: 'link' },
];

/** On a phone, what of the pane is shown. */
export function ViewTabs({ view, events, onView }: Props) {
  return (
    <nav className="view-tabs" aria-label="View">
      {VIEWS.map((tab) => (
        <button
          key={tab.view}
          type="button"
          aria-current={tab.view === view}
          onClick={() => onView(tab.view)}
        >
          <Icon name={tab.icon} />
          <span>
            {tab.label}
            {tab.view === 'events' && events > 0 && <small>{events}</small>}
          </span>
        </button>
      ))}
    </nav>
  );
}
