/** One thing that a message asks for. */
export type Step =
  | { readonly kind: 'tool'; readonly tool: string; readonly input: Readonly<Record<string, unknown>> }
  /** Numbers, one after the other: a stream of any length to watch. */
  | { readonly kind: 'count'; readonly from: number; readonly to: number }
  | { readonly kind: 'words'; readonly count: number }
  | { readonly kind: 'help' }
  | { readonly kind: 'unknown'; readonly text: string };
