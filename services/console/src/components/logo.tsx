/** The name, with a bridge. */
export function Logo() {
  return (
    <span className="logo">
      <svg viewBox="0 0 36 24" aria-hidden="true" focusable="false">
        <path
          className="logo-cable"
          d="M1 14c4-2 6.500-6 8.500-11 2.500 11 14.500 11 17 0 2 5 4.500 9 8.500 11"
        />
        <path className="logo-deck" d="M1 17.500h34M9.500 2v20M26.500 2v20" />
      </svg>
      <span className="logo-name">Longspan</span>
    </span>
  );
}
