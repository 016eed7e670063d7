import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { styleText } from 'node:util';
import { ExporterProcess } from '../servers/exporter.ts';
import { temporaryFolder } from '../servers/warden.ts';
import { openClusterSource } from './cluster-source.ts';
import { formatAddresses, formatNextSteps } from './next-steps.ts';
import { openTarget } from './open-target.ts';
import { type DemoOptions, parseOptions, usage } from './options.ts';
import { Progress } from './progress.ts';
import { openRecordedSource } from './recorded-source.ts';
import { formatReport } from './report.ts';
import { check, ship } from './shipment.ts';

const scenario = fileURLToPath(new URL('./scenario.ndjson', import.meta.url));
/** The recorded events are this old at most, in nanoseconds. */
const lookBack = 3n * 3_600_000_000_000n;
const out = process.stdout;

process.exitCode = await main(process.argv.slice(2));

/** @returns 0 where everything arrived, 1 where it didn't or couldn't, 2 for a wrong command line */
async function main(args: readonly string[]): Promise<number> {
  let options: DemoOptions;
  try {
    options = parseOptions(args);
  } catch (error) {
    process.stderr.write(`${messageOf(error)}\n\n${usage}`);
    return 2;
  }
  if (options.help) {
    out.write(usage);
    return 0;
  }
  const progress = new Progress(out);
  await using stack = new AsyncDisposableStack();
  let interrupted = false;
  const interrupt = () => {
    // A second Ctrl-C ends this process at once; the warden, which outlives it by a moment, ends the others.
    if (interrupted) process.exit(130);
    interrupted = true;
    progress.clear();
    void stack.disposeAsync().finally(() => process.exit(130));
  };
  process.on('SIGINT', interrupt).on('SIGTERM', interrupt);
  try {
    return await demonstrate(options, progress, stack, interrupt);
  } catch (error) {
    // What fails once everything is taken down is no news.
    if (interrupted) await Promise.withResolvers<never>().promise;
    progress.clear();
    process.stderr.write(`\n${styleText('red', '✗', { stream: process.stderr })} ${messageOf(error)}\n`);
    return 1;
  }
}

async function demonstrate(
  options: DemoOptions,
  progress: Progress,
  stack: AsyncDisposableStack,
  interrupt: () => void,
): Promise<number> {
  const cluster = `demo-${new Date().toTimeString().slice(0, 8).replaceAll(':', '')}`;
  out.write(`\n  ${styleText('bold', 'kube-events-loki', { stream: out })}: Kubernetes events in Loki\n`);
  const folder = stack.use(temporaryFolder('demo'));
  const note = (text: string) => progress.note(text);
  const target = await openTarget(options, note);
  stack.defer(() => target.stop());
  const since = BigInt(Date.now()) * 1_000_000n - lookBack;
  const source = options.cluster ? await openClusterSource(note) : await openRecordedSource(scenario);
  stack.defer(() => source.stop());
  const kubeconfig = join(folder.path, 'kubeconfig');
  await source.writeKubeconfig(kubeconfig);
  const exporter = await ExporterProcess.create({
    kubeconfig,
    lokiUrl: target.url,
    cluster,
    folder: folder.path,
  });
  stack.defer(() => exporter.stop());
  out.write(`\n  from      ${source.name}: ${source.description}\n`);
  out.write(`  through   the exporter, as node exporter/main.ts run\n`);
  out.write(`  to        ${target.description}\n`);
  out.write(`            ${target.url}, as cluster="${cluster}"\n\n`);

  await exporter.start();
  await ship(source, exporter, target, progress);
  if (!options.keep) await exporter.stop();
  const comparison = await check(source, target, cluster, since).catch(async error => {
    throw new Error(`${messageOf(error)}\n\n  The exporter. ${await exporter.log()}`, { cause: error });
  });
  progress.clear();
  out.write(`\n${formatReport(comparison, target.countedBy, { width: out.columns || 80, stream: out })}`);
  const failed = comparison.faults.length > 0;
  if (failed) out.write(`\n  The exporter ran to the end. ${await exporter.log()}`);
  if (options.keep) {
    out.write(formatAddresses(exporter.url, kubeconfig, source, target, cluster));
    await pressed(interrupt);
  } else {
    out.write(formatNextSteps(options, target));
  }
  return failed ? 1 : 0;
}

/** Waits for Ctrl-C, or a SIGTERM; a second one ends the process at once, as before. */
async function pressed(interrupt: () => void): Promise<void> {
  process.off('SIGINT', interrupt).off('SIGTERM', interrupt);
  const { promise, resolve } = Promise.withResolvers<void>();
  const alive = setInterval(() => undefined, 1 << 30);
  process.once('SIGINT', resolve).once('SIGTERM', resolve);
  await promise;
  clearInterval(alive);
  process.on('SIGINT', interrupt).on('SIGTERM', interrupt);
  out.write('\n  Stopping.\n');
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
