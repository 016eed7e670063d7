import { unwatchFile, watchFile } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import type { KubeConfig } from '@kubernetes/client-node';
import { ConfigError, type FlagValues, loadConfig } from '../config/load.ts';
import type { Config } from '../config/schema.ts';
import { CheckpointMemory } from '../delivery/checkpoint-store.ts';
import { Exporter } from '../exporter.ts';
import { loadKubeConfig } from '../kubernetes/credentials.ts';
import { Health } from '../telemetry/health.ts';
import { createLog } from '../telemetry/log.ts';
import { createMetrics } from '../telemetry/metrics.ts';
import { parseAddress, TelemetryServer } from '../telemetry/server.ts';
import { onSignals } from './signals.ts';

/** What a configuration leads to; made as a whole, so that a bad one changes nothing. */
interface Setup {
  readonly config: Config;
  readonly kubeConfig: KubeConfig;
}

/**
 * `run`: exports until SIGTERM or SIGINT, which drain and end it; a second one ends the process at once. SIGHUP, and a
 * change of the configuration file, drain it too, and it goes on with the new configuration where that is a good one.
 * @returns the exit code: 0 after a drain, 1 after a fault
 * @throws ConfigError
 */
export async function run(configFile: string | undefined, given: FlagValues): Promise<number> {
  let setup = readSetup(configFile, given);
  const { config } = setup;
  const log = createLog(config.log.level);
  const metrics = createMetrics();
  const health = new Health();
  const memory = new CheckpointMemory();
  const create = ({ config, kubeConfig }: Setup) => {
    return new Exporter(config, { kubeConfig, metrics, health, log, memory });
  };
  let exporter = create(setup);
  const server = new TelemetryServer(metrics, health);
  const address = parseAddress(config.listen);
  try {
    const bound = await server.listen(address);
    log.info({ host: bound.host, port: bound.port }, 'serving /metrics, /healthz and /readyz');
  } catch (error) {
    throw new ConfigError([
      `listen ${config.listen}: ${(error as Error).message}; choose another with --listen`,
    ]);
  }
  process.once('uncaughtException', error => {
    log.fatal({ error: error.stack ?? error.message }, 'failed');
    process.exit(1);
  });

  let next: Setup | undefined;
  let stopping = false;
  const releaseSignals = onSignals(signal => {
    log.info({ signal, inFlight: exporter.inFlight }, 'stopping; a second signal ends at once');
    stopping = true;
    exporter.stop();
  });
  const releaseReload = onReload(configFile, () => {
    try {
      const read = readSetup(configFile, given);
      if (isDeepStrictEqual(read.config, (next ?? setup).config)) {
        log.info('the configuration is as it was');
        return;
      }
      if (read.config.listen !== config.listen) {
        log.warn({ listen: read.config.listen }, 'listen changes with the next start of the process only');
      }
      next = read;
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      metrics.configReloads.inc({ result: 'refused' });
      log.error(
        { faults: error.message.split('\n') },
        'the new configuration is not used; the old one stays',
      );
      return;
    }
    log.info('the configuration has changed; delivering what is queued before it is used');
    exporter.stop();
  });
  try {
    for (;;) {
      await exporter.run();
      if (stopping || next === undefined) break;
      setup = next;
      next = undefined;
      log.level = setup.config.log.level;
      exporter = create(setup);
      metrics.configReloads.inc({ result: 'used' });
      log.info('the new configuration is used');
    }
    log.info('stopped');
    return 0;
  } catch (error) {
    log.fatal({ error: error instanceof Error ? (error.stack ?? error.message) : String(error) }, 'failed');
    return 1;
  } finally {
    releaseSignals();
    releaseReload();
    await server.close();
  }
}

/** @throws ConfigError */
function readSetup(configFile: string | undefined, given: FlagValues): Setup {
  const config = loadConfig(configFile, given);
  return { config, kubeConfig: openKubeConfig(config) };
}

function openKubeConfig(config: Config): KubeConfig {
  try {
    return loadKubeConfig(config.kubeconfig);
  } catch (error) {
    const from = config.kubeconfig ? `kubeconfig ${config.kubeconfig}` : 'kubeconfig';
    throw new ConfigError([`${from}: ${(error as Error).message}; give one with --kubeconfig FILE`]);
  }
}

/** How often the file is looked at, in milliseconds: a mounted ConfigMap is swapped by a link, which no watch tells. */
const lookMs = 2000;

/** @param reload called on SIGHUP and when the file is another @returns takes the handlers away again */
function onReload(file: string | undefined, reload: () => void): () => void {
  process.on('SIGHUP', reload);
  if (file !== undefined) watchFile(file, { interval: lookMs, persistent: false }, reload);
  return () => {
    process.off('SIGHUP', reload);
    if (file !== undefined) unwatchFile(file, reload);
  };
}
