import { describe, expect, test } from 'vitest';
import { at, kubectl, OVERLAYS, render, workloadsOf, type Manifest, type Workload } from './manifests.ts';

/*
 * What we ask of every manifest beyond that Kubernetes takes it, over what kustomize renders.
 */
const SLACK_SECONDS = 10;
/** After its drain, an ingress finishes requests for as long as a publish may take, and 3 s more. */
const INGRESS_CLOSE_SECONDS = 18;
const PORTS_OF_OTHERS: Readonly<Record<string, number>> = { nats: 4222, collector: 4318 };

describe.skipIf(kubectl === undefined).each(OVERLAYS)('%s', (overlay) => {
  const eachWorkload = async (check: (workload: Workload, all: readonly Manifest[]) => void) => {
    const manifests = await render(overlay);
    const workloads = workloadsOf(manifests);
    expect(workloads.map(({ name }) => name).toSorted()).toEqual([
      'agent',
      'edge',
      'hop-tracer',
      'ingress',
      'topology',
    ]);
    for (const workload of workloads) check(workload, manifests);
  };

  test('runs everything as nobody, without privileges, with nothing to write to', () =>
    eachWorkload(({ pod }) => {
      expect(pod).toMatchObject({
        automountServiceAccountToken: false,
        securityContext: { runAsNonRoot: true, runAsUser: 65532, seccompProfile: { type: 'RuntimeDefault' } },
      });
      expect(at(pod, 'volumes')).toBeUndefined();
      for (const container of pod.containers) {
        expect(container['securityContext']).toEqual({
          allowPrivilegeEscalation: false,
          readOnlyRootFilesystem: true,
          capabilities: { drop: ['ALL'] },
        });
      }
    }));

  test('has a service account of its own for each', () =>
    eachWorkload(({ name, pod }, all) => {
      expect(at(pod, 'serviceAccountName')).toBe(name);
      const account = all.find(({ kind, metadata }) => kind === 'ServiceAccount' && metadata.name === name);
      expect(at(account, 'automountServiceAccountToken')).toBe(false);
    }));

  test('names a version of the image, and bounds memory', () =>
    eachWorkload(({ pod }) => {
      for (const { image, resources } of pod.containers) {
        expect(image).toMatch(/(:(?!latest$)[\w.-]+|@sha256:[0-9a-f]{64})$/);
        expect(at(resources, 'requests.cpu')).toBeDefined();
        expect(at(resources, 'requests.memory')).toBeDefined();
        expect(at(resources, 'limits.memory')).toBe(at(resources, 'requests.memory'));
        // A throttled event loop is late for everybody.
        expect(at(resources, 'limits.cpu')).toBeUndefined();
      }
    }));

  test('asks whether a process lives without asking NATS, and whether it serves where it does', () =>
    eachWorkload(({ manifest, name, pod }) => {
      if (manifest.kind === 'Job') return;
      const [container] = pod.containers;
      expect(at(container, 'livenessProbe.httpGet')).toEqual({ path: '/metrics', port: 'metrics' });
      expect(at(container, 'startupProbe.httpGet')).toEqual({ path: '/metrics', port: 'metrics' });
      const serves = name === 'edge' || name === 'ingress';
      expect(at(container, 'readinessProbe.httpGet')).toEqual(
        serves ? { path: '/readyz', port: 'http' } : undefined,
      );
    }));

  test('leaves time to drain', () =>
    eachWorkload(({ manifest, name, pod }) => {
      if (manifest.kind === 'Job') return;
      const [container] = pod.containers;
      const milliseconds = (variable: string) =>
        Number(container?.env?.find((entry) => entry.name === variable)?.value ?? 0);
      const sleep = Number(at(container, 'lifecycle.preStop.sleep.seconds') ?? 0);
      const drain = (milliseconds('LONGSPAN_DRAIN_MS') + milliseconds('LONGSPAN_AGENT_DRAIN_MS')) / 1_000;
      const close = name === 'ingress' ? INGRESS_CLOSE_SECONDS : 0;
      expect(at(pod, 'terminationGracePeriodSeconds')).toBeGreaterThanOrEqual(
        sleep + drain + close + SLACK_SECONDS,
      );
      // Where newcomers are sent to, they go on being sent for a moment.
      expect(sleep).toBeGreaterThanOrEqual(name === 'edge' || name === 'ingress' ? 5 : 0);
    }));

  test('never takes an edge away before another one is there, and never two at once', async () => {
    const manifests = await render(overlay);
    const edge = manifests.find(({ kind, metadata }) => kind === 'Deployment' && metadata.name === 'edge');
    expect(at(edge, 'spec.strategy.rollingUpdate')).toEqual({ maxUnavailable: 0, maxSurge: 1 });
    for (const name of ['edge', 'ingress', 'agent']) {
      const budget = manifests.find(
        ({ kind, metadata }) => kind === 'PodDisruptionBudget' && metadata.name === name,
      );
      expect(at(budget, 'spec')).toEqual({
        maxUnavailable: 1,
        unhealthyPodEvictionPolicy: 'AlwaysAllow',
        selector: { matchLabels: { 'app.kubernetes.io/name': `longspan-${name}` } },
      });
    }
  });

  test('spreads what must survive a node', () =>
    eachWorkload(({ name, pod, labels }) => {
      if (name === 'hop-tracer' || name === 'topology') return;
      const spread = at(pod, 'topologySpreadConstraints') as readonly unknown[];
      expect(spread.map((constraint) => at(constraint, 'topologyKey'))).toContain('kubernetes.io/hostname');
      for (const constraint of spread) {
        expect(labels).toMatchObject(at(constraint, 'labelSelector.matchLabels') as object);
      }
    }));

  test('lets each pod reach what it needs, and be reached where it serves, and nothing else', async () => {
    const manifests = await render(overlay);
    const denied = policiesOf(manifests, 'longspan').find(({ metadata }) => metadata.name === 'default-deny');
    expect(at(denied, 'spec')).toEqual({ podSelector: {}, policyTypes: ['Ingress', 'Egress'] });
    for (const { name, labels, pod } of workloadsOf(manifests)) {
      const mine = policiesOf(manifests, 'longspan').filter((policy) =>
        selects(at(policy, 'spec.podSelector'), labels),
      );
      const out = portsOf(mine, 'egress');
      const wanted = [
        53,
        PORTS_OF_OTHERS['nats'],
        ...(name === 'topology' ? [] : [PORTS_OF_OTHERS['collector']]),
      ];
      expect([...out].toSorted()).toEqual(wanted.toSorted());
      const served = pod.containers.flatMap(({ ports }) => ports ?? []).map((port) => port.name);
      // Without a way in from outside, an edge is reached by nobody but Prometheus.
      const reached = overlay === 'dev' ? served.filter((port) => port !== 'http') : served;
      expect([...portsOf(mine, 'ingress')].toSorted()).toEqual(reached.toSorted());
    }
    expect(policiesOf(manifests, 'nats').map(({ metadata }) => metadata.name)).toEqual(
      expect.arrayContaining(['default-deny', 'dns', 'nats']),
    );
  });

  test('names every port that a service or a probe leads to', async () => {
    const manifests = await render(overlay);
    for (const service of manifests.filter(({ kind }) => kind === 'Service')) {
      const target = workloadsOf(manifests).find(({ labels }) =>
        selects({ matchLabels: at(service, 'spec.selector') }, labels),
      );
      const ports = target?.pod.containers
        .flatMap((container) => container.ports ?? [])
        .map(({ name }) => name);
      for (const port of at(service, 'spec.ports') as readonly unknown[]) {
        expect(ports).toContain(at(port, 'targetPort'));
        expect(at(port, 'appProtocol')).toBeDefined();
      }
    }
  });

  test('is watched under the jobs that the alerts speak of', async () => {
    const manifests = await render(overlay);
    if (overlay === 'dev') return;
    for (const { kind, ...monitor } of manifests.filter((manifest) => manifest.kind.endsWith('Monitor'))) {
      expect(at(monitor, 'spec.jobLabel')).toBe('app.kubernetes.io/name');
      const watched = manifests.filter(
        (manifest) => manifest.kind === (kind === 'ServiceMonitor' ? 'Service' : 'Deployment'),
      );
      const labels = watched
        .map((manifest) => at(manifest, 'metadata.labels') as Readonly<Record<string, string>>)
        .filter((each) => selects(at(monitor, 'spec.selector'), each))
        .map((each) => each['app.kubernetes.io/name']);
      expect(labels.toSorted()).toEqual(
        kind === 'ServiceMonitor'
          ? ['longspan-edge', 'longspan-ingress']
          : ['longspan-agent', 'longspan-hop-tracer'],
      );
    }
  });
});

describe.skipIf(kubectl === undefined).each(['production', 'production-ingress'] as const)(
  '%s',
  (overlay) => {
    test('scales edges by their sessions, and down slowly', async () => {
      const manifests = await render(overlay);
      const scaler = manifests.find(({ kind }) => kind === 'HorizontalPodAutoscaler');
      expect(at(scaler, 'spec.scaleTargetRef.name')).toBe('edge');
      expect(at(scaler, 'spec.minReplicas')).toBeGreaterThanOrEqual(3);
      expect(at(scaler, 'spec.metrics.0.pods.metric.name')).toBe('longspan_edge_sessions');
      expect(at(scaler, 'spec.behavior.scaleDown')).toMatchObject({ stabilizationWindowSeconds: 900 });
      const edge = manifests.find(({ kind, metadata }) => kind === 'Deployment' && metadata.name === 'edge');
      expect(at(edge, 'spec.replicas')).toBeUndefined();
    });

    test('keeps three copies of each event, on servers that clients can tell apart', async () => {
      const maps = (await render(overlay)).filter(({ kind }) => kind === 'ConfigMap');
      const data = Object.assign({}, ...maps.map((map) => at(map, 'data'))) as Readonly<
        Record<string, string>
      >;
      expect(data['LONGSPAN_REPLICAS']).toBe('3');
      expect(data['LONGSPAN_NATS_URL']?.split(',')).toHaveLength(3);
    });

    test('opens a way in that lets WebSockets live', async () => {
      const manifests = await render(overlay);
      const routes = manifests.filter(
        ({ kind }) => kind === (overlay === 'production' ? 'HTTPRoute' : 'Ingress'),
      );
      expect(routes.map(({ metadata }) => metadata.name).toSorted()).toEqual(['edge', 'ingress']);
      if (overlay !== 'production') return;
      const edge = routes.find(({ metadata }) => metadata.name === 'edge');
      expect(at(edge, 'spec.rules.0.timeouts')).toEqual({ request: '0s', backendRequest: '0s' });
    });
  },
);

function policiesOf(manifests: readonly Manifest[], namespace: string): readonly Manifest[] {
  return manifests.filter(
    ({ kind, metadata }) => kind === 'NetworkPolicy' && metadata.namespace === namespace,
  );
}

/** The ports, by number or name, that policies open in a direction. */
function portsOf(policies: readonly Manifest[], direction: 'ingress' | 'egress'): ReadonlySet<unknown> {
  const rules = policies.flatMap(
    (policy) => (at(policy, `spec.${direction}`) as readonly unknown[] | undefined) ?? [],
  );
  return new Set(
    rules.flatMap((rule) => (at(rule, 'ports') as readonly unknown[]).map((port) => at(port, 'port'))),
  );
}

/** Whether a label selector selects these labels. */
function selects(selector: unknown, labels: Readonly<Record<string, string>>): boolean {
  const wanted = (at(selector, 'matchLabels') ?? {}) as Readonly<Record<string, string>>;
  const expressions = (at(selector, 'matchExpressions') ?? []) as readonly {
    readonly key: string;
    readonly operator: string;
    readonly values: readonly string[];
  }[];
  return (
    Object.entries(wanted).every(([key, value]) => labels[key] === value) &&
    expressions.every(({ key, operator, values }) => {
      if (operator !== 'In') throw new Error(`the operator ${operator} is not understood here`);
      return values.includes(labels[key] ?? '');
    })
  );
}
