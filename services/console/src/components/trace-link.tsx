import { createContext, useContext, useState } from 'react';
import { Icon } from './icon.tsx';

/** Where a trace can be looked at, with `{traceId}` in place of its id; undefined where nobody said. */
export const TraceUrlContext = createContext<string | undefined>(undefined);

interface Props {
  readonly traceId: string | undefined;
  readonly label: string;
}

/** Leads to a trace or, where it is not known who shows traces, copies its id. Nothing where there is none. */
export function TraceLink({ traceId, label }: Props) {
  const url = useContext(TraceUrlContext);
  if (traceId === undefined) return null;
  if (url === undefined) return <TraceIdCopy traceId={traceId} label={label} />;
  return (
    <a
      className="trace-link"
      href={url.replace('{traceId}', traceId)}
      target="longspan-traces"
      title={traceId}
    >
      <Icon name="trace" /> {label}
    </a>
  );
}

function TraceIdCopy({ traceId, label }: { readonly traceId: string; readonly label: string }) {
  const [copied, setCopied] = useState(false);
  const copy = () => {
    // A page that is not served safely has no clipboard; the id can be selected all the same.
    void navigator.clipboard?.writeText(traceId).then(() => setCopied(true));
  };
  return (
    <button
      type="button"
      className="trace-link"
      title={`Copy the id of the trace, ${traceId}`}
      onClick={copy}
    >
      <Icon name="trace" /> {copied ? 'Id copied' : `${label} ${traceId.slice(0, 8)}…`}
    </button>
  );
}
