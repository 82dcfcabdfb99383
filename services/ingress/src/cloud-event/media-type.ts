import { Problem } from '../http/problems.ts';

export interface MediaType {
  /** `application/json`, in lower case. */
  readonly essence: string;
  /** In lower case; undefined if there is none. */
  readonly charset: string | undefined;
}

/** Reads a Content-Type header. */
export function parseMediaType(header: string): MediaType {
  const [essence = '', ...parameters] = header.split(';').map((part) => part.trim().toLowerCase());
  const charset = parameters.find((parameter) => parameter.startsWith('charset='));
  return { essence, charset: charset?.slice('charset='.length).replaceAll('"', '') };
}

/** JSON by the rule of CloudEvents: subtype `json`, or a `+json` suffix. */
export function isJson({ essence }: MediaType): boolean {
  return /^[^/]+\/(?:json|.+\+json)$/.test(essence);
}

/** Text that people read, and XML. */
export function isText({ essence }: MediaType): boolean {
  return essence.startsWith('text/') || /^application\/(?:xml|.+\+xml)$/.test(essence);
}

export function isUtf8({ charset }: MediaType): boolean {
  return charset === undefined || charset === 'utf-8' || charset === 'utf8' || charset === 'us-ascii';
}

/** @throws Problem `unsupported_media_type` unless the text is in UTF-8. */
export function requireUtf8(type: MediaType): void {
  if (!isUtf8(type)) throw new Problem('unsupported_media_type', 'JSON is read in UTF-8 only.');
}
