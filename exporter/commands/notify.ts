import { Bridge } from '../../alert-rules/notify/bridge.ts';
import type { NotifyConfig } from '../../alert-rules/notify/config.ts';
import { loadNotifyConfig } from '../../alert-rules/notify/load.ts';
import { createNotifyMetrics } from '../../alert-rules/notify/metrics.ts';
import { NotifyServer } from '../../alert-rules/notify/server.ts';
import { TemplateError } from '../../alert-rules/notify/template.ts';
import { ConfigError } from '../config/load.ts';
import { secretSource } from '../sinks.ts';
import { createLog, type Logger } from '../telemetry/log.ts';
import { parseAddress } from '../telemetry/server.ts';
import type { Output } from './output.ts';
import { onSignals } from './signals.ts';

/** What `notify` is called with. */
export interface NotifyOptions {
  readonly config: string;
  /** The receiver that a sample message is sent to, in place of serving. */
  readonly test?: string;
}

/**
 * `notify`: takes alerts of Alertmanager and Grafana and posts them to chats, until SIGTERM or SIGINT, which wait for what is
 * under way. With `test` it sends one sample message, and says what the service answered.
 * @returns the exit code: 0 after a stop, or when the service has taken the sample; 1 when it has not; 2 for a receiver that
 * isn't configured
 * @throws ConfigError with every fault of the configuration and of the templates
 */
export async function notify(
  { config: file, test }: NotifyOptions,
  output: Output = process.stdout,
): Promise<number> {
  const config = loadNotifyConfig(file);
  const log = createLog(test === undefined ? config.log.level : 'silent');
  const metrics = createNotifyMetrics(config.receivers.map(({ name }) => name));
  const bridge = createBridge(config, metrics, log);
  if (test !== undefined) {
    const exitCode = await sendSample(bridge, test, output);
    await bridge.close();
    return exitCode;
  }
  const token = secretSource(config.bearerTokenFile, config.bearerTokenEnv);
  const server = new NotifyServer(bridge, metrics, token);
  try {
    const bound = await server.listen(parseAddress(config.listen));
    log.info({ ...bound, receivers: [...bridge.receivers.keys()] }, 'serving /receivers/NAME');
  } catch (error) {
    throw new ConfigError([`listen ${config.listen}: ${(error as Error).message}; choose another`]);
  }
  const release = await new Promise<() => void>(resolve => {
    const releaseSignals = onSignals(signal => {
      log.info({ signal }, 'stopping; a second signal ends at once');
      resolve(releaseSignals);
    });
  });
  await server.drain(config.shutdown.timeoutSeconds * 1000);
  await bridge.close();
  release();
  log.info('stopped');
  return 0;
}

/** @throws ConfigError */
function createBridge(
  config: NotifyConfig,
  metrics: ReturnType<typeof createNotifyMetrics>,
  log: Logger,
): Bridge {
  try {
    return new Bridge(config, { metrics, log });
  } catch (error) {
    if (error instanceof TemplateError) throw new ConfigError([error.message]);
    throw error;
  }
}

async function sendSample(bridge: Bridge, name: string, output: Output): Promise<number> {
  const receiver = bridge.receivers.get(name);
  if (receiver === undefined) {
    output.write(`--test ${name}: no such receiver; there are ${[...bridge.receivers.keys()].join(', ')}\n`);
    return 2;
  }
  const delivery = await bridge.test(receiver);
  if (delivery.kind === 'taken') {
    output.write(`${name}: sent; the service answered ${delivery.answer}\n`);
    return 0;
  }
  output.write(`${name}: not sent (${delivery.cause}): ${delivery.reason}\n`);
  return 1;
}
