import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { parseAllDocuments } from 'yaml';

export const ROOT = join(import.meta.dirname, '../..');
export const OVERLAYS = ['dev', 'production', 'production-ingress'] as const;
export type Overlay = (typeof OVERLAYS)[number];

/** The kubectl of this run; without one, manifests are not tested. */
export const kubectl = process.env['LONGSPAN_TEST_KUBECTL'] || undefined;

/** A resource as kustomize renders it: what it holds is looked at by path. */
export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
  readonly [field: string]: unknown;
}

export interface Container {
  readonly name: string;
  readonly image: string;
  readonly args: readonly string[];
  readonly env?: readonly EnvVariable[];
  readonly envFrom?: readonly { readonly configMapRef?: { readonly name: string } }[];
  readonly ports?: readonly { readonly name: string; readonly containerPort: number }[];
  readonly [field: string]: unknown;
}

export interface EnvVariable {
  readonly name: string;
  readonly value?: string;
  readonly valueFrom?: {
    readonly secretKeyRef?: { readonly name: string; readonly key: string };
    readonly configMapKeyRef?: { readonly name: string; readonly key: string };
    readonly fieldRef?: { readonly fieldPath: string };
  };
}

/** A deployment or a job, and the pod that it makes. */
export interface Workload {
  readonly manifest: Manifest;
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly pod: Readonly<Record<string, unknown>> & { readonly containers: readonly Container[] };
}

const rendered = new Map<string, Promise<readonly Manifest[]>>();

/** Everything that an overlay renders to, by the real kustomize. */
export function render(overlay: Overlay): Promise<readonly Manifest[]> {
  const known = rendered.get(overlay);
  if (known) return known;
  const rendering = kustomize(join(ROOT, 'k8s/overlays', overlay));
  rendered.set(overlay, rendering);
  return rendering;
}

/** Parses a file of several documents. */
export function parseManifests(text: string): readonly Manifest[] {
  return parseAllDocuments(text).map((document) => {
    const [error] = document.errors;
    if (error) throw error;
    return document.toJS() as Manifest;
  });
}

export function workloadsOf(manifests: readonly Manifest[]): readonly Workload[] {
  return manifests
    .filter(({ kind }) => kind === 'Deployment' || kind === 'Job')
    .map((manifest) => {
      const { metadata, spec } = at(manifest, 'spec.template') as {
        readonly metadata: { readonly labels: Readonly<Record<string, string>> };
        readonly spec: Workload['pod'];
      };
      return { manifest, name: manifest.metadata.name, labels: metadata.labels, pod: spec };
    });
}

/** What a document holds at a path of fields, such as `spec.template`; undefined if there is nothing. */
export function at(document: unknown, path: string): unknown {
  let found: unknown = document;
  for (const field of path.split('.')) {
    found = typeof found === 'object' && found !== null ? Reflect.get(found, field) : undefined;
  }
  return found;
}

async function kustomize(folder: string): Promise<readonly Manifest[]> {
  const { stdout } = await promisify(execFile)(kubectl ?? 'kubectl', ['kustomize', folder], {
    maxBuffer: 16 * 1024 * 1024,
  });
  return parseManifests(stdout);
}
