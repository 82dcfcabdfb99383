interface Props {
  readonly users: readonly string[];
  readonly shown: number;
  readonly onShow: (index: number) => void;
}

/** Chooses the user to look at where there is room for only one pane. The other one goes on receiving. */
export function UserTabs({ users, shown, onShow }: Props) {
  return (
    <nav className="user-tabs" aria-label="User">
      {users.map((user, index) => (
        <button
          key={user}
          type="button"
          className="user-tab"
          data-hue={index}
          aria-current={index === shown}
          onClick={() => onShow(index)}
        >
          {user}
        </button>
      ))}
    </nav>
  );
}
