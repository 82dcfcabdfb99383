import type { Connection } from '../state/connection.ts';

interface Props {
  readonly user: string;
  readonly edges: readonly string[];
  readonly connection: Connection;
}

const WIDTH = 300;
const DECK = 44;
const TOP = 10;
const ANCHOR = 6;

/**
 * The connection as a bridge from the user to the log: a tower for each edge, the serving one lit. While no session
 * stands the deck is broken; while events are replayed it is being laid.
 */
export function Bridge({ user, edges, connection }: Props) {
  const kind = connection.state.kind;
  const up = kind === 'live' || kind === 'replaying';
  const servingHost = connection.url === undefined ? undefined : hostOf(connection.url);
  const names = new Map(Object.entries(connection.edgeNames).map(([url, name]) => [hostOf(url), name]));
  const towers = edges.map((url, index) => {
    const lit = up && hostOf(url) === servingHost;
    const x = (WIDTH * (index + 1)) / (edges.length + 1);
    const name = names.get(hostOf(url)) ?? `:${portOf(url)}`;
    return { url, x, lit, name };
  });
  const serving = up ? (connection.serving?.edge ?? 'an edge') : 'no edge';
  return (
    <svg
      className="bridge"
      data-state={kind}
      viewBox={`0 0 ${WIDTH} 66`}
      role="img"
      aria-label={`${user} is connected to the log through ${serving}`}
    >
      <path className="bridge-cable" d={cablePath(towers.map((tower) => tower.x))} />
      {towers.map((tower) => (
        <g key={tower.url} className="bridge-tower" data-lit={tower.lit}>
          <path d={`M${tower.x} ${TOP}V${DECK + 7}`} />
          <circle cx={tower.x} cy={TOP} r={tower.lit ? 4 : 2.5} />
          <text x={tower.x} y={63} textAnchor="middle">
            {tower.name}
          </text>
        </g>
      ))}
      <path
        className="bridge-deck"
        d={up ? `M${ANCHOR} ${DECK}H${WIDTH - ANCHOR}` : brokenDeck(towers[0]?.x)}
      />
      <text x={0} y={63}>
        {user.length > 10 ? `${user.slice(0, 9)}…` : user}
      </text>
      <text x={WIDTH} y={63} textAnchor="end">
        log
      </text>
    </svg>
  );
}

/** Hangs from anchor to tower to anchor. */
function cablePath(towers: readonly number[]): string {
  const first = towers[0] ?? WIDTH / 2;
  const last = towers.at(-1) ?? WIDTH / 2;
  let path = `M${ANCHOR} ${DECK - 3}Q${first * 0.7} ${DECK - 6} ${first} ${TOP}`;
  for (const [index, x] of towers.entries()) {
    const before = towers[index - 1];
    if (before !== undefined) path += `Q${(before + x) / 2} ${DECK + 18} ${x} ${TOP}`;
  }
  return `${path}Q${last + (WIDTH - last) * 0.3} ${DECK - 6} ${WIDTH - ANCHOR} ${DECK - 3}`;
}

function brokenDeck(firstTower = WIDTH / 2): string {
  return `M${ANCHOR} ${DECK}H${firstTower * 0.35}M${firstTower * 0.75} ${DECK}H${WIDTH - ANCHOR}`;
}

function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host : url;
}

function portOf(url: string): string {
  const { port, protocol } = new URL(url);
  return port === '' ? (protocol === 'https:' || protocol === 'wss:' ? '443' : '80') : port;
}
