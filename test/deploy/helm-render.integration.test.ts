import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { parse } from 'yaml';
import { notifyConfigSchema } from '../../alert-rules/notify/config.ts';
import { valuesSchema } from '../../deploy/helm/values-schema.ts';
import { configSchema } from '../../exporter/config/schema.ts';
import { skipWithout } from '../servers/require.ts';
import { type TemporaryFolder, temporaryFolder } from '../servers/warden.ts';
import { chart, defaultValues, Helm, type Manifest, type Values } from './helm.ts';
import { combinations } from './helm-values.ts';

const skip = await skipWithout('helm');

describe('the Helm chart, before any cluster', { skip, timeout: 180_000 }, () => {
  let folder: TemporaryFolder;
  let helm: Helm;

  before(async () => {
    folder = temporaryFolder('helm');
    helm = await Helm.create(folder.path);
  });

  after(() => folder?.remove());

  test('helm lint --strict has nothing to say', async () => {
    const said = await Promise.all(
      Object.values(combinations).map(values => helm.run(['lint', '--strict', chart], values)),
    );
    for (const text of said) assert.match(text, /1 chart\(s\) linted, 0 chart\(s\) failed/);
  });

  test('the combinations set every value that there is', () => {
    const set = new Set(Object.values(combinations).flatMap(values => leaves(values)));
    const all = leaves(parse(defaultValues()) as Values);
    const unset = all.filter(name => ![...set].some(given => given === name || given.startsWith(`${name}.`)));
    assert.deepEqual(unset, []);
    assert.ok(all.length > 80, `${all.length} values`);
  });

  test('values.yaml has a default for every key that the schema knows', () => {
    const values = parse(defaultValues()) as Values;
    assert.equal(valuesSchema.safeParse(values).error, undefined);
    const { config: _config, global: _global, ...own } = valuesSchema.shape;
    const known = leaves(values).concat(Object.keys(values));
    const missing = Object.entries(own).flatMap(([key, schema]) =>
      [key, ...keysWithin(schema).map(name => `${key}.${name}`)].filter(name => {
        return !known.some(given => given === name || given.startsWith(`${name}.`));
      }),
    );
    assert.deepEqual(missing, []);
  });

  test('every configuration in them is one that the exporter and the bridge take', async () => {
    for (const [name, values] of Object.entries(combinations)) {
      for (const { kind, metadata, data } of (await helm.template(values)) as (Manifest & {
        data?: Data;
      })[]) {
        const text = kind === 'ConfigMap' ? data?.['config.yaml'] : undefined;
        if (text === undefined) continue;
        const schema = metadata.name.endsWith('-notify') ? notifyConfigSchema : configSchema;
        const { error } = schema.safeParse(parse(text));
        assert.equal(error, undefined, `${name}: ${metadata.name}: ${error?.message}`);
      }
    }
  });

  test('what the configuration says of ports, files and times, the Pods have', async () => {
    const pod = podOf(
      await helm.template(combinations['several replicas with volumes'] ?? {}),
      'StatefulSet',
    );
    assert.deepEqual(mountsOf(pod), ['config /etc/kube-events-loki/config', 'state /data']);
    const slow = await helm.template(combinations['several replicas'] ?? {});
    assert.equal(podOf(slow, 'Deployment').terminationGracePeriodSeconds, 28);
    const many = podOf(await helm.template(combinations['everything about Pods'] ?? {}), 'Deployment');
    assert.deepEqual(many.containers[0]?.ports, [{ name: 'http', containerPort: 8080, protocol: 'TCP' }]);

    const secure = await helm.template(combinations['basic auth and a CA'] ?? {});
    assert.deepEqual(configOf(secure, 'events-kube-events-loki').loki, {
      url: 'https://loki.example.com',
      tenant: 'platform',
      basicAuth: { username: 'events', passwordFile: '/etc/kube-events-loki/secrets/password' },
      tls: { caFile: '/etc/kube-events-loki/secrets/ca.crt' },
    });
    const secrets = podOf(secure, 'Deployment').volumes.find(({ name }) => name === 'secrets');
    assert.deepEqual(secrets?.projected?.sources, [
      { secret: { name: 'loki-basic', items: [{ key: 'pass', path: 'password' }] } },
      { secret: { name: 'loki-ca', items: [{ key: 'bundle.pem', path: 'ca.crt' }] } },
    ]);

    const bridge = configOf(
      await helm.template(combinations['the bridge with the exporter’s Loki'] ?? {}),
      'events-kube-events-loki-notify',
    );
    assert.deepEqual(bridge.loki, {
      url: 'https://loki.example.com',
      tenant: 'platform',
      basicAuth: { username: 'events', passwordFile: '/etc/kube-events-loki/secrets/password' },
      tls: { caFile: '/etc/kube-events-loki/secrets/ca.crt' },
    });
  });

  test('helm test asks the exporter itself whether it will work', async () => {
    const [pod] = (await helm.template({})).filter(({ kind }) => kind === 'Pod');
    const { args } = (pod as unknown as { spec: PodSpec }).spec.containers[0] ?? {};
    assert.deepEqual(args, ['check', '--config', '/etc/kube-events-loki/config/config.yaml']);
    assert.equal((pod?.metadata['annotations'] as Data | undefined)?.['helm.sh/hook'], 'test');
  });

  const refused: readonly (readonly [string, Values, RegExp])[] = [
    [
      'a key that there is not',
      { config: { filtres: {} } },
      /at '\/config': additional properties 'filtres' not allowed/,
    ],
    ['another key of the chart', { persistance: {} }, /additional properties 'persistance' not allowed/],
    [
      'a text for a number',
      { config: { queue: { maxBytes: 'lots' } } },
      /at '\/config\/queue\/maxBytes': got string, want integer/,
    ],
    [
      'a number out of range',
      { config: { cardinality: { streams: 1 } } },
      /at '\/config\/cardinality\/streams': minimum: got 1, want 100/,
    ],
    [
      'no duration',
      { config: { eventTtl: 'an hour' } },
      /at '\/config\/eventTtl': 'an hour' does not match pattern/,
    ],
    [
      'no URL',
      { config: { loki: { url: 'loki:3100' } } },
      /at '\/config\/loki\/url': 'loki:3100' does not match pattern/,
    ],
    [
      'no tenant',
      { config: { routes: [{ name: 'a', match: { kind: 'Pod' }, tenant: 'a/b' }] } },
      /at '\/config\/routes\/0\/tenant': 'a\/b' does not match pattern/,
    ],
    [
      'one of a list',
      { config: { eventsApi: 'v1' } },
      /at '\/config\/eventsApi': value must be one of 'core\/v1', 'events.k8s.io\/v1'/,
    ],
    [
      'a service that there is not',
      { notify: { config: { receivers: [{ name: 'a', type: 'irc' }] } } },
      /at '\/notify\/config\/receivers\/0\/type': value must be one of/,
    ],
    [
      'a checkpoint in a file',
      { config: { checkpoint: { file: '/x' } } },
      /config\.checkpoint\.file: in a cluster the checkpoint is on the Lease/,
    ],
    [
      'a password of nobody',
      { lokiSecrets: { password: { secretName: 'x' } } },
      /config\.loki\.basicAuth\.username is not/,
    ],
    [
      'two monitors',
      { serviceMonitor: { enabled: true }, podMonitor: { enabled: true } },
      /everything is scraped twice; enable one/,
    ],
    ['a bridge to nowhere', { notify: { enabled: true } }, /notify\.config\.receivers is empty/],
    [
      'boards for another job',
      { dashboards: { enabled: true }, config: { job: 'events' } },
      /Write your own with `kube-events-loki dashboards`/,
    ],
    [
      'rules for other lines',
      { lokiRules: { enabled: true }, config: { loki: { line: 'json' } } },
      /Write your own with `kube-events-loki rules`/,
    ],
  ];
  for (const [name, values, message] of refused) {
    test(`refused: ${name}`, async () => {
      const { code, stderr } = await helm.try(['template', 'events', chart], values);
      assert.notEqual(code, 0);
      assert.match(stderr, message);
    });
  }
});

type Data = Readonly<Record<string, string>>;

interface PodSpec {
  readonly terminationGracePeriodSeconds: number;
  readonly containers: readonly {
    readonly args: readonly string[];
    readonly ports: readonly object[];
    readonly volumeMounts: readonly { readonly name: string; readonly mountPath: string }[];
  }[];
  readonly volumes: readonly { readonly name: string; readonly projected?: { readonly sources: unknown } }[];
}

/** `persistence.size`, down to what is no map. */
function leaves(values: Values, prefix = ''): string[] {
  return Object.entries(values).flatMap(([key, value]) => {
    const isMap = typeof value === 'object' && value !== null && !Array.isArray(value);
    // Maps of the user's own, and what Kubernetes has the schema of.
    const isWhole = !isMap || Object.keys(value).length === 0 || wholes.includes(`${prefix}${key}`);
    return isWhole ? [`${prefix}${key}`] : leaves(value as Values, `${prefix}${key}.`);
  });
}

/** The keys of a section of the chart's own values; those of the bridge's configuration have their own reference. */
function keysWithin(schema: unknown): string[] {
  const { shape, unwrap } = schema as { shape?: Record<string, unknown>; unwrap?: () => unknown };
  if (shape === undefined) return unwrap === undefined ? [] : keysWithin(unwrap.call(schema));
  return Object.entries(shape)
    .filter(([key]) => key !== 'config')
    .flatMap(([key, inner]) => [key, ...keysWithin(inner).map(name => `${key}.${name}`)]);
}

const wholes = [
  'resources',
  'livenessProbe',
  'readinessProbe',
  'podSecurityContext',
  'securityContext',
  'notify.resources',
];

function podOf(manifests: readonly Manifest[], kind: string): PodSpec {
  const workload = manifests.find(object => object.kind === kind);
  assert.ok(workload, kind);
  return (workload['spec'] as { template: { spec: PodSpec } }).template.spec;
}

function mountsOf({ containers }: PodSpec): string[] {
  return containers.flatMap(({ volumeMounts }) =>
    volumeMounts.map(({ name, mountPath }) => `${name} ${mountPath}`),
  );
}

function configOf(manifests: readonly Manifest[], name: string): { readonly loki?: object } {
  const map = manifests.find(({ kind, metadata }) => kind === 'ConfigMap' && metadata.name === name);
  assert.ok(map, name);
  return parse((map['data'] as Data)['config.yaml'] ?? '') as { loki?: object };
}
