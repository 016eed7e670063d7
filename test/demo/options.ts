import { parseArgs } from 'node:util';

/** What the demo was asked to do. */
export interface DemoOptions {
  readonly lokiUrl: string | undefined;
  /** Use a real Loki of our own, and build it where there is none. */
  readonly loki: boolean;
  /** Watch a real control plane instead of the recorded scenario. */
  readonly cluster: boolean;
  readonly keep: boolean;
  readonly help: boolean;
}

export const usage = `Usage: npm run demo -- [options]

Ships recorded Kubernetes events to Loki with the real exporter, counts what
arrived, and compares. Takes less than a minute, with --cluster two.

  --loki-url URL  ship to this Loki (it needs no credentials and no tenant);
                  without it: one on http://127.0.0.1:3100, else a loki on
                  PATH or built before, else a receiver that only counts
  --loki          ship to a real Loki of its own; builds it once with Go
  --cluster       watch a real control plane instead of the recording;
                  builds it once with Go
  --keep          leave everything up afterwards and print the URLs
  --help          show this
`;

/** @throws Error, worded for the user, for a flag that there isn't or a value that can't be used. */
export function parseOptions(args: readonly string[]): DemoOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      'loki-url': { type: 'string' },
      loki: { type: 'boolean', default: false },
      cluster: { type: 'boolean', default: false },
      keep: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  const lokiUrl = values['loki-url'];
  if (lokiUrl !== undefined && values.loki) throw new Error('Give either --loki-url or --loki.');
  return {
    lokiUrl: lokiUrl === undefined ? undefined : checkUrl(lokiUrl),
    loki: values.loki,
    cluster: values.cluster,
    keep: values.keep,
    help: values.help,
  };
}

function checkUrl(text: string): string {
  const url = URL.parse(text);
  if (url === null || !['http:', 'https:'].includes(url.protocol)) {
    throw new Error(`--loki-url takes an address like http://127.0.0.1:3100, not "${text}".`);
  }
  if (url.username || url.password) {
    throw new Error('--loki-url takes no user and password: the demo needs a Loki without authentication.');
  }
  return text.replace(/\/+$/, '');
}
