import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { ExporterProcess } from '../servers/exporter.ts';
import { startControlPlane } from '../servers/kubernetes.ts';
import { startLoki } from '../servers/loki.ts';
import { queryEntries, queryInstant } from '../servers/loki-query.ts';
import { skipWithout } from '../servers/require.ts';
import { FailingPods } from './failing-pods.ts';

const skip = await skipWithout('etcd', 'kubernetes', 'loki');

test('containers that fail are in Loki, each run once, whenever the exporter is killed', {
  skip,
  timeout: 5 * 60_000,
}, async () => {
  await using loki = await startLoki({ limits: { max_entries_limit_per_query: 5000 } });
  await using controlPlane = await startControlPlane({ controllers: false });
  const { api, folder, kubeconfig } = controlPlane;
  const config = join(folder, 'terminations.yaml');
  await writeFile(config, 'terminations: true\n');
  const cluster = 'terminations';
  const flags = { '--config': config };
  const exporter = await ExporterProcess.create({ kubeconfig, lokiUrl: loki.url, cluster, folder, flags });
  const pods = await FailingPods.start(api, 15);
  await exporter.start();
  for (let round = 0; round < 6; round += 1) {
    const played = pods.play();
    // Now and then in the middle of what it pushes.
    await sleep(Math.random() * 400);
    await exporter.kill();
    await exporter.start();
    await played;
  }
  const began = BigInt(Date.now() - 600_000) * 1_000_000n;
  const read = async () => {
    const entries = await queryEntries(
      loki.url,
      `{cluster="${cluster}", kind="Pod"} | component="kube-events"`,
      began,
      BigInt(Date.now() + 60_000) * 1_000_000n,
    );
    return entries.map(({ labels, metadata }) => {
      return `${metadata['event_uid']}/${metadata['resource_version']} ${labels['reason']}`;
    });
  };
  const wanted = Array.from(pods.failures, ([identity, { reason }]) => {
    return `${identity} ${reason === 'OOMKilled' ? 'OOMKilled' : 'ContainerFailed'}`;
  });
  while (new Set(await read()).size < wanted.length) await sleep(200);
  assert.deepEqual((await read()).sort(), wanted.sort());
  const [sum] = await queryInstant(
    loki.url,
    `sum(sum_over_time({cluster="${cluster}"} | component="kube-events" | unwrap occurrences [10m]))`,
    BigInt(Date.now() + 1000) * 1_000_000n,
  );
  assert.equal(sum?.value, wanted.length);
  await exporter.stop();
});
