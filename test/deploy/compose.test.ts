import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { describe, test } from 'node:test';
import { build } from 'esbuild';
import { parse } from 'yaml';
import { loadNotifyConfig } from '../../alert-rules/notify/load.ts';
import { dashboards } from '../../exporter/commands/dashboards.ts';
import { parseConfig } from '../../exporter/config/load.ts';
import { promtool } from '../servers/prometheus.ts';
import { skipWithout } from '../servers/require.ts';
import { temporaryFolder } from '../servers/warden.ts';
import { amtoolCheck } from './compose-checks.ts';
import {
  type ComposeProject,
  composeEnv,
  composeFile,
  loadCompose,
  type Mount,
  projectFolder,
} from './compose-project.ts';

const skip = await skipWithout('compose', 'alertmanager', 'prometheus');
const project: ComposeProject = skip === false ? await loadCompose() : { services: {}, volumes: {} };
const services = Object.entries(project.services);
const packageFile = JSON.parse(readFileSync(join(projectFolder, 'package.json'), 'utf8'));

/** Each mount from the project, by its path there. */
function mounts(): (Mount & { service: string; path: string })[] {
  return services.flatMap(([service, { volumes = [] }]) =>
    volumes
      .filter(({ type, source }) => type === 'bind' && source.startsWith(projectFolder))
      .map(mount => ({ ...mount, service, path: relative(projectFolder, mount.source) })),
  );
}

describe('compose.yaml', { skip }, () => {
  test('is what the Compose Specification allows', () => {
    assert.deepEqual(services.map(([name]) => name).sort(), [
      'alertmanager',
      'demo',
      'exporter',
      'grafana',
      'loki',
      'notify',
      'prometheus',
    ]);
  });

  test('faults in it are found', async () => {
    const text = composeFile('compose.yaml');
    const faults: readonly [find: string, replace: string, says: RegExp][] = [
      ['read_only: true\n', 'read_onyl: true\n', /read_onyl/],
      ['restart: on-failure:10', 'restart: {}', /restart/],
      ['"127.0.0.1:3000:3000"', '"127.0.0.1:3000:http"', /http/],
      ['type: volume, source: grafana', 'type: volumes, source: grafana', /volumes/],
    ];
    for (const [find, replace, says] of faults) {
      assert.ok(text.includes(find), find);
      await assert.rejects(loadCompose(text.replace(find, replace)), says);
    }
  });

  test('services and volumes that it names are in it', () => {
    const { volumes } = project;
    for (const [name, service] of services) {
      const needed = Object.keys(service.depends_on ?? {});
      for (const other of needed) assert.ok(project.services[other], `${name} needs ${other}`);
      const named = (service.volumes ?? []).filter(({ type }) => type === 'volume');
      for (const { source } of named) assert.ok(source in volumes, `${name} mounts ${source}`);
      const { context, dockerfile } = service.build ?? {};
      if (context) assert.ok(existsSync(join(context, dockerfile ?? 'Dockerfile')), name);
    }
  });

  test('the image of the demo gets all that the demo imports', async () => {
    const dockerfile = composeFile('demo/Dockerfile');
    const copied = [...dockerfile.matchAll(/^COPY (\S+) \1$/gm)].map(([, name = '']) => name);
    const sent = composeFile('demo/Dockerfile.dockerignore').split('\n');
    for (const name of copied) assert.ok(sent.includes(`!${name}`), name);
    const { metafile } = await build({
      absWorkingDir: projectFolder,
      entryPoints: ['test/demo/main.ts', 'exporter/main.ts', 'test/servers/warden-process.ts'],
      outdir: 'nowhere',
      bundle: true,
      format: 'esm',
      logLevel: 'error',
      metafile: true,
      packages: 'external',
      platform: 'node',
      write: false,
    });
    const inputs = Object.keys(metafile.inputs);
    assert.ok(inputs.length > 100, `${inputs.length} files`);
    // The exporter reads its version from package.json.
    for (const path of inputs) {
      const [top = ''] = path.split('/');
      assert.ok(copied.includes(top) || dockerfile.includes(`COPY ${top} `), path);
    }
  });

  test('says what is missing where nobody named the cluster', async () => {
    await assert.rejects(
      loadCompose(undefined, {}),
      /Say in deploy\/compose\/\.env what your cluster is called/,
    );
    assert.equal(
      (await loadCompose(undefined, { CLUSTER: 'prod' })).services['exporter']?.command?.at(-1),
      'prod',
    );
  });

  test('the exporter runs by default, and the demo without it', () => {
    assert.equal(composeEnv()['COMPOSE_PROFILES'], 'exporter');
    const profiles = Object.fromEntries(services.map(([name, service]) => [name, service.profiles ?? []]));
    assert.deepEqual(profiles, {
      loki: [],
      grafana: [],
      alertmanager: [],
      prometheus: [],
      exporter: ['exporter'],
      notify: ['notify'],
      demo: ['demo'],
    });
  });

  test('images have an exact tag: that of the version which the tests run against', () => {
    const pinned = (server: string, module: string) => {
      const text = readFileSync(join(projectFolder, `test/servers/${server}/go.mod`), 'utf8');
      return new RegExp(`^\\s+${module.replaceAll('.', '\\.')} v(\\S+)`, 'm').exec(text)?.[1] ?? '';
    };
    // Prometheus 3.x.y is v0.3xx.y as a Go module.
    const [, minor = '', patch = ''] = pinned('prometheus', 'github.com/prometheus/prometheus').split('.');
    const { devDependencies, version } = packageFile;
    const images = Object.fromEntries(services.map(([name, { image }]) => [name, image]));
    assert.deepEqual(images, {
      loki: `grafana/loki:${pinned('loki', 'github.com/grafana/loki/v3')}`,
      grafana: `grafana/grafana:${devDependencies['@grafana/schema']}`,
      alertmanager: `prom/alertmanager:v${pinned('alertmanager', 'github.com/prometheus/alertmanager')}`,
      prometheus: `prom/prometheus:v3.${Number(minor) - 300}.${patch}`,
      exporter: `ghcr.io/kube-events-loki/kube-events-loki:${version}`,
      notify: `ghcr.io/kube-events-loki/kube-events-loki:${version}`,
      demo: undefined,
    });
    const from = /^FROM (\S+)$/m.exec(composeFile('demo/Dockerfile'))?.[1];
    assert.equal(from, `node:${devDependencies['node']}-bookworm-slim`);
  });

  test('nothing is open to the network, and nothing has rights that it does not need', () => {
    for (const [name, { ports = [], read_only, cap_drop }] of services) {
      for (const port of ports) assert.equal(port.host_ip, '127.0.0.1', name);
      assert.equal(read_only, true, name);
      assert.deepEqual(cap_drop, ['ALL'], name);
    }
  });
});

/** What is generated and checked by `npm run check`, and what the tests here and beside read. */
const generated = [
  'dashboards/out',
  'alert-rules/out/ruler',
  'alert-rules/out/alertmanager',
  'alert-rules/out/prometheus',
  'alert-rules/out/grafana/kube-events-rules.yaml',
  'alert-rules/out/grafana-notifications/contact-points.yaml',
  'alert-rules/out/grafana-notifications/policies.yaml',
  'alert-rules/out/grafana-notifications/templates.yaml',
];
const checkedHere = [
  'deploy/compose/loki.yaml',
  'deploy/compose/prometheus.yaml',
  'deploy/compose/exporter.yaml',
  'deploy/compose/notify.yaml',
  'deploy/compose/grafana/datasources.yaml',
  'deploy/compose/grafana/dashboards.yaml',
  'deploy/compose/secrets',
  'deploy/compose/state',
];

describe('what compose.yaml mounts', { skip }, () => {
  test('is there, is generated or checked here, and is not made up by Docker where it is missing', () => {
    const known = new Set([...generated, ...checkedHere]);
    assert.deepEqual(new Set(mounts().map(({ path }) => path)), known);
    for (const mount of mounts()) {
      assert.ok(existsSync(mount.source), mount.path);
      assert.equal(mount.bind?.create_host_path, false, mount.path);
      assert.equal(mount.read_only ?? false, mount.path !== 'deploy/compose/state', mount.path);
      // A file goes to a file, a folder to a folder.
      assert.equal(statSync(mount.source).isFile(), /\.(?:yaml|yml)$/.test(mount.target), mount.target);
    }
  });

  test('has each secret that the configurations name, and says nothing secret', () => {
    const folder = join(projectFolder, 'deploy/compose/secrets');
    const texts = [...generated.slice(2), 'deploy/compose/notify.yaml'].flatMap(path => textsIn(path));
    const named = texts.flatMap(text => [...text.matchAll(/\/etc\/kube-events\/secrets\/([\w-]+)/g)]);
    assert.deepEqual(new Set(readdirSync(folder)), new Set(named.map(([, name]) => name)));
    for (const name of readdirSync(folder)) {
      // A top-level domain that never leads anywhere (RFC 2606).
      assert.match(readFileSync(join(folder, name), 'utf8'), /^http:\/\/[\w-]+\.invalid\/$/);
    }
    for (const service of ['grafana', 'alertmanager', 'notify']) {
      const own = mounts().filter(mount => mount.service === service && mount.path.endsWith('/secrets'));
      assert.deepEqual(
        own.map(({ target }) => target),
        ['/etc/kube-events/secrets'],
      );
    }
  });

  test('Alertmanager takes its configuration', async () => {
    const said = await amtoolCheck(join(projectFolder, 'alert-rules/out/alertmanager'));
    assert.match(said, /SUCCESS/);
    assert.match(said, /1 templates/);
  });

  test('Prometheus takes its configuration, and the rules with it', async () => {
    const config = composeFile('prometheus.yaml').replace('/etc/prometheus/rules/', '');
    const rules = readFileSync(
      join(projectFolder, 'alert-rules/out/prometheus/kube-events-exporter.yaml'),
      'utf8',
    );
    const said = await promtool(['check', 'config', 'prometheus.yml'], {
      'prometheus.yml': config,
      'kube-events-exporter.yaml': rules,
    });
    assert.match(said, /1 rule files found/);
    assert.match(said, /SUCCESS: \d+ rules found/);
  });

  test('Prometheus and Grafana ask services that there are', () => {
    const hosts = new Set(
      services.flatMap(([name, { networks = {} }]) => [name, ...(networks['default']?.aliases ?? [])]),
    );
    const { scrape_configs: scrapes, alerting } = parse(composeFile('prometheus.yaml'));
    const targets = [...scrapes, ...alerting.alertmanagers].flatMap(
      ({ static_configs: configs }: { static_configs: { targets: string[] }[] }) =>
        configs.flatMap(config => config.targets),
    );
    const { datasources } = parse(composeFile('grafana/datasources.yaml'));
    const urls = datasources.map(({ url }: { url: string }) => new URL(url).host);
    for (const target of [...targets, ...urls]) assert.ok(hosts.has(target.split(':')[0]), target);
  });

  test('the exporter and the bridge take their configurations', async () => {
    const config = parseConfig('exporter.yaml', composeFile('exporter.yaml'), { cluster: 'prod' });
    const { command = [], volumes = [] } = project.services['exporter'] ?? {};
    const targets = volumes.map(({ target }) => target);
    assert.deepEqual(command, ['run', '--config', targets[0], '--cluster', composeEnv()['CLUSTER']]);
    assert.deepEqual(targets.slice(1), [config.kubeconfig, config.state.dir]);
    assert.equal(config.listen.split(':')[1], '9402');

    await using folder = temporaryFolder('compose');
    const file = join(folder.path, 'notify.yaml');
    const secrets = join(projectFolder, 'deploy/compose/secrets');
    await writeFile(file, composeFile('notify.yaml').replace('/etc/kube-events/secrets', secrets));
    assert.deepEqual(
      loadNotifyConfig(file).receivers.map(({ name }) => name),
      ['chat'],
    );
  });

  test('Grafana looks for the dashboards where they are mounted, as `dashboards` would tell it', async () => {
    await using out = temporaryFolder('compose');
    const path = mounts().find(mount => mount.path === 'dashboards/out')?.target ?? '';
    assert.equal(dashboards({ format: 'provisioning', path, out: out.path }, { write: () => true }), 0);
    const provider = readFileSync(join(out.path, 'provisioning/dashboards/kube-events.yaml'), 'utf8');
    assert.equal(composeFile('grafana/dashboards.yaml'), provider);
    const home =
      project.services['grafana']?.environment?.['GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH'] ?? '';
    assert.ok(existsSync(home.replace(path, join(projectFolder, 'dashboards/out'))), home);
  });

  test('the data sources have the uids that the rules and the dashboards ask for', () => {
    const { datasources } = parse(composeFile('grafana/datasources.yaml'));
    const uids = new Map(datasources.map(({ uid, type }: { uid: string; type: string }) => [uid, type]));
    const rules = textsIn('alert-rules/out/grafana/kube-events-rules.yaml')[0] ?? '';
    const asked = new Set([...rules.matchAll(/datasourceUid: (\S+)/g)].map(([, uid = '']) => uid));
    asked.delete('__expr__');
    assert.deepEqual(
      [...asked].map(uid => uids.get(uid)),
      ['loki'],
    );
    for (const { jsonData } of datasources) {
      if (jsonData.alertmanagerUid) assert.equal(uids.get(jsonData.alertmanagerUid), 'alertmanager');
    }
  });
});

/** The texts of a file, or of all files in a folder. */
function textsIn(path: string): string[] {
  const full = join(projectFolder, path);
  if (statSync(full).isFile()) return [readFileSync(full, 'utf8')];
  return readdirSync(full).map(name => readFileSync(join(full, name), 'utf8'));
}
