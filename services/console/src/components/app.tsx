import { useEffect, useState } from 'react';
import { fetchConfig, type ConfigAnswer } from '../config/console-config.ts';
import {
  placeOfSearch,
  searchOfPlace,
  searchOfUsers,
  USERS_MAX,
  usersOfSearch,
  type Place,
} from '../config/page-address.ts';
import { OperationsPage } from './operations/operations-page.tsx';
import { TopBar } from './top-bar.tsx';
import { TraceUrlContext } from './trace-link.tsx';
import { UserPane } from './user-pane.tsx';
import { UserTabs } from './user-tabs.tsx';
import { Welcome } from './welcome.tsx';

/** How long until the ingress is asked again when it did not answer, in milliseconds. */
const ASK_AGAIN_MS = 2_000;

/** Users that the page offers to add. */
const SUGGESTED_USERS = ['ada', 'bob', 'grace'];

/** The whole page: a bar, and a pane for each user or how the system is. In production, only the latter. */
export function App() {
  const answer = useConfig();
  const [users, setUsers] = useUsersOfAddress();
  const [shownIndex, setShownIndex] = useState(0);
  const [place, setPlace] = usePlaceOfAddress();
  // Once opened, users go on receiving behind the other place.
  const [opened, setOpened] = useState(place === 'users');
  if (place === 'users' && !opened) setOpened(true);

  if (answer?.kind === 'production') {
    return (
      <div className="app">
        <TopBar place="operations" onPlace={undefined} onAddUser={undefined} />
        <OperationsPage />
      </div>
    );
  }
  if (answer?.kind !== 'ready') return <Welcome answer={answer} />;

  const rename = (index: number, user: string) => {
    if (!users.includes(user)) setUsers(users.with(index, user));
  };
  const close = (index: number) => {
    setUsers(users.filter((_, at) => at !== index));
    setShownIndex(0);
  };
  const add = () => {
    const user = SUGGESTED_USERS.find((name) => !users.includes(name));
    if (user === undefined) return;
    setUsers([...users, user]);
    setShownIndex(users.length);
  };

  return (
    <TraceUrlContext value={answer.config.traceUrl}>
      <div className="app">
        <TopBar
          place={place}
          onPlace={setPlace}
          onAddUser={place === 'users' && users.length < USERS_MAX ? add : undefined}
        />
        {place === 'operations' && <OperationsPage />}
        {place === 'users' && users.length > 1 && (
          <UserTabs users={users} shown={shownIndex} onShow={setShownIndex} />
        )}
        {opened && (
          <main className="panes" hidden={place !== 'users'}>
            {users.map((user, index) => (
              <UserPane
                key={user}
                user={user}
                hue={index}
                shown={index === shownIndex}
                config={answer.config}
                onRename={(name) => rename(index, name)}
                onClose={users.length > 1 ? () => close(index) : undefined}
              />
            ))}
          </main>
        )}
      </div>
    </TraceUrlContext>
  );
}

function useConfig(): ConfigAnswer | undefined {
  const [answer, setAnswer] = useState<ConfigAnswer>();
  useEffect(() => {
    const aborter = new AbortController();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const ask = async () => {
      const next = await fetchConfig(aborter.signal);
      if (aborter.signal.aborted) return;
      setAnswer(next);
      if (next.kind === 'unreachable') timer = setTimeout(() => void ask(), ASK_AGAIN_MS);
    };
    void ask();
    return () => {
      aborter.abort();
      clearTimeout(timer);
    };
  }, []);
  return answer;
}

function useUsersOfAddress(): readonly [readonly string[], (users: readonly string[]) => void] {
  const [users, setUsers] = useState(() => usersOfSearch(location.search));
  const change = (next: readonly string[]) => {
    setUsers(next);
    history.replaceState(undefined, '', searchOfUsers(location.search, next));
  };
  return [users, change];
}

function usePlaceOfAddress(): readonly [Place, (place: Place) => void] {
  const [place, setPlace] = useState(() => placeOfSearch(location.search));
  useEffect(() => {
    const follow = () => setPlace(placeOfSearch(location.search));
    addEventListener('popstate', follow);
    return () => removeEventListener('popstate', follow);
  }, []);
  const go = (next: Place) => {
    if (next === place) return;
    history.pushState(undefined, '', searchOfPlace(location.search, next));
    setPlace(next);
  };
  return [place, go];
}
