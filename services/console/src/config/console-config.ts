/** What the ingress tells the console in development mode. */
export interface ConsoleConfig {
  /** Base addresses of the edges. */
  readonly edges: readonly string[];
  /** The bearer token of a publisher, for the burst button. */
  readonly publishToken: string;
  /** Where a trace can be looked at, with `{traceId}` in place of its id; undefined if nobody shows traces. */
  readonly traceUrl: string | undefined;
}

/** How the question for the configuration ended. */
export type ConfigAnswer =
  | { readonly kind: 'ready'; readonly config: ConsoleConfig }
  /** The ingress runs in production mode and hands out no tokens. */
  | { readonly kind: 'production' }
  | { readonly kind: 'unreachable'; readonly reason: string };

/** Asks the ingress that served the page. Never rejects. */
export async function fetchConfig(signal: AbortSignal): Promise<ConfigAnswer> {
  try {
    const response = await fetch('/dev/config', { signal });
    if (response.status === 404 || response.status === 403) return { kind: 'production' };
    if (!response.ok) return { kind: 'unreachable', reason: `the ingress answered ${response.status}` };
    const config = parseConfig(await response.json());
    return config
      ? { kind: 'ready', config }
      : { kind: 'unreachable', reason: 'the ingress answered something else than a configuration' };
  } catch {
    return { kind: 'unreachable', reason: 'the ingress does not answer' };
  }
}

/** Fetches a token for a user; rejects with a sentence that can be shown. */
export async function fetchToken(user: string): Promise<string> {
  const response = await fetch(`/dev/token?user=${encodeURIComponent(user)}`);
  const body: unknown = response.ok ? await response.json() : undefined;
  const token = typeof body === 'object' && body !== null && 'token' in body ? body.token : undefined;
  if (typeof token !== 'string')
    throw new Error(`no token for “${user}”: the ingress answered ${response.status}`);
  return token;
}

/** Reads the ingress's answer; undefined if it is no configuration. */
export function parseConfig(value: unknown): ConsoleConfig | undefined {
  if (typeof value !== 'object' || value === null || !('edges' in value)) return undefined;
  const { edges } = value;
  if (!Array.isArray(edges) || edges.length === 0) return undefined;
  if (!edges.every((edge) => typeof edge === 'string' && URL.canParse(edge))) return undefined;
  const publishToken =
    'publishToken' in value && typeof value.publishToken === 'string' ? value.publishToken : '';
  const traceUrl = 'traceUrl' in value && typeof value.traceUrl === 'string' ? value.traceUrl : undefined;
  return { edges, publishToken, traceUrl };
}
