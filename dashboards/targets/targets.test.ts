import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { parse } from 'yaml';
import { profileNames } from '../profile.ts';
import { formatDashboard, renderDashboards } from '../render.ts';
import type { SharedDashboard } from './grafana-com.ts';
import { OptionError, type Target, type TargetOptions } from './target.ts';
import { type TargetName, targets } from './targets.ts';

const dashboards = renderDashboards({ profile: 'default' });
const names = [...dashboards.keys()];
const uids = Array.from(dashboards.values(), ({ uid }) => uid);

function filesOf(name: TargetName, options: Partial<TargetOptions> = {}): ReadonlyMap<string, string> {
  const target: Target = targets[name];
  const all = { folder: '', namespace: '', instance: '', path: '', ...target.options, ...options };
  return target.files(dashboards, all);
}

/** The files of a target that are one for each dashboard, parsed, in the order of the dashboards. */
function resourcesOf<Resource>(
  name: TargetName,
  ending: string,
  options?: Partial<TargetOptions>,
): Resource[] {
  const files = filesOf(name, options);
  assert.deepEqual(
    [...files.keys()],
    names.map(dashboard => `${dashboard}.${ending}`),
  );
  return Array.from(files.values(), text => parse(text) as Resource);
}

for (const name of Object.keys(targets) as TargetName[]) {
  test(`every profile can be written as ${name}, and the same bytes again`, () => {
    const target: Target = targets[name];
    const options = { folder: 'a', namespace: 'b', instance: 'c=d', path: '/e' };
    for (const profile of profileNames) {
      const write = () => [...target.files(renderDashboards({ profile }), options)];
      const files = write();
      assert.deepEqual(files, write());
      assert.ok(files.every(([path, text]) => /^[\w./-]+\.(?:json|yaml)$/.test(path) && text.endsWith('\n')));
    }
  });
}

test('json is what is committed', () => {
  assert.deepEqual(
    [...filesOf('json')],
    Array.from(dashboards, ([name, dashboard]) => [`${name}.json`, formatDashboard(dashboard)]),
  );
});

describe('grafana.com', () => {
  const shared = resourcesOf<SharedDashboard>('grafana.com', 'json');

  test('asks for a data source of each kind, with which the variable begins', () => {
    for (const { __inputs, templating } of shared) {
      const sources = (templating.list ?? []).filter(({ type }) => type === 'datasource');
      assert.ok(sources.length > 0);
      for (const { query, current } of sources) {
        const input = __inputs.find(({ pluginId }) => pluginId === query);
        assert.match(input?.name ?? '', /^DS_[A-Z]+$/);
        assert.deepEqual(current, { text: `\${${input?.name}}`, value: `\${${input?.name}}` });
      }
      assert.equal(__inputs.length, new Set(sources.map(({ query }) => query)).size);
    }
  });

  test('requires what it uses: Grafana, its data sources and its panels', () => {
    for (const { __requires, __inputs, panels = [] } of shared) {
      const used = new Set(panels.map(({ type }) => type as string).filter(type => type !== 'row'));
      const ids = (type: string) => __requires.filter(other => other.type === type).map(({ id }) => id);
      assert.deepEqual(ids('panel'), [...used].toSorted());
      assert.deepEqual(ids('datasource'), __inputs.map(({ pluginId }) => pluginId).toSorted());
      assert.deepEqual(ids('grafana'), ['grafana']);
      assert.ok(__requires.every(({ name }) => /^[A-Z]/.test(name)));
    }
  });

  test('is the same dashboard otherwise', () => {
    const withoutSharing = shared.map(({ __inputs, __requires, __elements, id, templating, ...rest }) => {
      assert.equal(id, null);
      assert.deepEqual(__elements, {});
      return { ...rest, variables: templating.list?.map(({ name }) => name) };
    });
    const originals = [...dashboards.values()].map(dashboard => {
      const { templating, ...rest } = JSON.parse(formatDashboard(dashboard)) as SharedDashboard;
      return { ...rest, variables: templating.list?.map(({ name }) => name) };
    });
    assert.deepEqual(withoutSharing, originals);
  });

  test('an import replaces all that it asks for', () => {
    for (const dashboard of shared) {
      const inputs = dashboard.__inputs.map(({ name }) => `\${${name}}`);
      const text = JSON.stringify({ ...dashboard, __inputs: undefined });
      const left = Array.from(text.matchAll(/\$\{DS_\w+\}/g), ([match]) => match);
      assert.deepEqual([...new Set(left)].toSorted(), inputs.toSorted());
    }
  });
});

describe('provisioning', () => {
  interface Provider {
    readonly apiVersion: number;
    readonly providers: readonly (Record<string, unknown> & { options: { path: string } })[];
  }

  test('a provider, and the dashboards in the folder beside it', () => {
    const files = filesOf('provisioning');
    const provider = parse(files.get('provisioning/dashboards/kube-events.yaml') ?? '') as Provider;
    assert.equal(provider.apiVersion, 1);
    assert.deepEqual(provider.providers, [
      {
        name: 'kube-events',
        orgId: 1,
        folder: 'Kubernetes events',
        type: 'file',
        disableDeletion: false,
        updateIntervalSeconds: 30,
        allowUiUpdates: false,
        options: { path: '/var/lib/grafana/dashboards/kube-events' },
      },
    ]);
    assert.deepEqual(
      new Map([...files].filter(([name]) => name.startsWith('dashboards/'))),
      new Map(Array.from(filesOf('json'), ([name, text]) => [`dashboards/kube-events/${name}`, text])),
    );
  });

  test('what looks like an environment variable stays as it is', () => {
    const files = filesOf('provisioning', { folder: 'Cost in $USD', path: '/srv/x' });
    const { providers } = parse(files.get('provisioning/dashboards/kube-events.yaml') ?? '') as Provider;
    assert.equal(providers[0]?.['folder'], 'Cost in $$USD');
    assert.equal(providers[0]?.options.path, '/srv/x');
  });
});

describe('configmap', () => {
  interface ConfigMap {
    readonly metadata: { name: string; namespace?: string; annotations?: object; labels: object };
    readonly data: Readonly<Record<string, string>>;
  }

  test('one for each dashboard, with the label, the folder and the JSON', () => {
    const maps = resourcesOf<ConfigMap>('configmap', 'yaml', { namespace: 'monitoring' });
    assert.deepEqual(
      maps,
      Array.from(dashboards.values(), dashboard => ({
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: {
          name: dashboard.uid,
          namespace: 'monitoring',
          labels: { grafana_dashboard: '1' },
          annotations: {
            grafana_folder: 'Kubernetes events',
            'k8s-sidecar-target-directory': 'Kubernetes events',
          },
        },
        data: { [`${dashboard.uid}.json`]: formatDashboard(dashboard) },
      })),
    );
  });

  test('the label is a text, which Kubernetes insists on', () => {
    for (const text of filesOf('configmap').values()) assert.match(text, /^ {4}grafana_dashboard: "1"$/m);
  });

  test('without folder and namespace there is no word of them', () => {
    for (const { metadata } of resourcesOf<ConfigMap>('configmap', 'yaml', { folder: '' })) {
      assert.deepEqual(Object.keys(metadata), ['name', 'labels']);
    }
  });

  test('names and labels are ones that Kubernetes takes', () => {
    for (const uid of uids) assert.match(uid ?? '', /^[a-z0-9]([-a-z0-9]{0,38}[a-z0-9])?$/);
  });

  test('a dashboard that no ConfigMap holds is refused', () => {
    const [[name, dashboard] = assert.fail()] = dashboards;
    const large = new Map([[name, { ...dashboard, description: 'x'.repeat(1024 * 1024) }]]);
    assert.throws(
      () => targets.configmap.files(large, { folder: '', namespace: '', instance: '', path: '' }),
      (error: unknown) => error instanceof OptionError && /a ConfigMap holds 1048576/.test(error.message),
    );
  });
});

describe('grafana-operator', () => {
  interface GrafanaDashboard {
    readonly metadata: object;
    readonly spec: { instanceSelector: object; folder?: string; json: string };
  }

  test('one for each dashboard, for the chosen Grafana', () => {
    const resources = resourcesOf<GrafanaDashboard>('grafana-operator', 'yaml', {
      namespace: 'monitoring',
      instance: 'grafana=main',
    });
    assert.deepEqual(
      resources,
      Array.from(dashboards.values(), dashboard => ({
        apiVersion: 'grafana.integreatly.org/v1beta1',
        kind: 'GrafanaDashboard',
        metadata: { name: dashboard.uid, namespace: 'monitoring' },
        spec: {
          allowCrossNamespaceImport: true,
          instanceSelector: { matchLabels: { grafana: 'main' } },
          folder: 'Kubernetes events',
          json: formatDashboard(dashboard),
        },
      })),
    );
  });

  test('by default for the Grafana of the documentation of the operator', () => {
    const [first] = resourcesOf<GrafanaDashboard>('grafana-operator', 'yaml', { folder: '' });
    assert.deepEqual(first?.spec.instanceSelector, { matchLabels: { dashboards: 'grafana' } });
    assert.equal(first?.spec.folder, undefined);
  });

  test('what is no label is refused', () => {
    for (const instance of ['grafana', '=grafana', '']) {
      assert.throws(() => filesOf('grafana-operator', { instance }), OptionError);
    }
  });
});
