import type { KubeConfig } from '@kubernetes/client-node';
import { ConfigError, type FlagValues, loadConfig } from '../config/load.ts';
import type { Config } from '../config/schema.ts';
import { Exporter } from '../exporter.ts';
import { loadKubeConfig } from '../kubernetes/credentials.ts';
import { Health } from '../telemetry/health.ts';
import { createLog } from '../telemetry/log.ts';
import { createMetrics } from '../telemetry/metrics.ts';
import { type Address, TelemetryServer } from '../telemetry/server.ts';

/**
 * `run`: exports until SIGTERM or SIGINT, which drain and end it; a second one ends the process at once.
 * @returns the exit code: 0 after a drain, 1 after a fault
 * @throws ConfigError
 */
export async function run(configFile: string | undefined, given: FlagValues): Promise<number> {
  const config = loadConfig(configFile, given);
  const kubeConfig = openKubeConfig(config);
  const log = createLog(config.log.level);
  const metrics = createMetrics();
  const health = new Health();
  const exporter = new Exporter(config, { kubeConfig, metrics, health, log });
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
  const release = onSignals(signal => {
    log.info({ signal, inFlight: exporter.inFlight }, 'stopping; a second signal ends at once');
    exporter.stop();
  });
  try {
    await exporter.run();
    log.info('stopped');
    return 0;
  } catch (error) {
    log.fatal({ error: error instanceof Error ? (error.stack ?? error.message) : String(error) }, 'failed');
    return 1;
  } finally {
    release();
    await server.close();
  }
}

function openKubeConfig(config: Config): KubeConfig {
  try {
    return loadKubeConfig(config.kubeconfig);
  } catch (error) {
    const from = config.kubeconfig ? `kubeconfig ${config.kubeconfig}` : 'kubeconfig';
    throw new ConfigError([`${from}: ${(error as Error).message}; give one with --kubeconfig FILE`]);
  }
}

function parseAddress(text: string): Address {
  const colon = text.lastIndexOf(':');
  return { host: text.slice(0, colon).replace(/^\[|\]$/g, ''), port: Number(text.slice(colon + 1)) };
}

/** @param stop called on the first signal @returns takes the handlers away again */
function onSignals(stop: (signal: NodeJS.Signals) => void): () => void {
  let stopping = false;
  const numbers = { SIGINT: 2, SIGTERM: 15 } as const;
  const handler = (signal: NodeJS.Signals) => {
    if (stopping) process.exit(128 + numbers[signal as keyof typeof numbers]);
    stopping = true;
    stop(signal);
  };
  for (const signal of Object.keys(numbers)) process.on(signal, handler);
  return () => {
    for (const signal of Object.keys(numbers)) process.off(signal, handler);
  };
}
