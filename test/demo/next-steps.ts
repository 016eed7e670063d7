import type { DemoOptions } from './options.ts';
import type { Source } from './source.ts';
import type { Target } from './target.ts';

/** What the user can look at while everything is up. */
export function formatAddresses(
  exporterUrl: string,
  kubeconfig: string,
  source: Source,
  target: Target,
  cluster: string,
): string {
  const selector = `{job="kube-events", cluster="${cluster}"}`;
  const lines = [
    '',
    '  All of it stays up until you press Ctrl-C:',
    '',
    `    exporter    ${exporterUrl}/metrics`,
    `                ${exporterUrl}/readyz`,
    `    API server  ${source.url}`,
    `    kubeconfig  ${kubeconfig}`,
    `    ${target.queryable ? 'Loki      ' : 'receiver  '}  ${target.url}`,
  ];
  if (target.queryable) {
    lines.push(
      '',
      `  In LogQL (${target.url} as the data source in Grafana's Explore):`,
      '',
      `    ${selector} | detected_level="warn"`,
      `    sum by (reason) (sum_over_time(${selector}`,
      '      | unwrap occurrences [$__auto]))',
      '',
      '  In a shell:',
      '',
      `    ${target.logcli ?? 'logcli'} --addr=${target.url} query --since=1h \\`,
      `      '${selector}'`,
    );
  }
  return `${lines.join('\n')}\n`;
}

/** What to try after the demo. */
export function formatNextSteps({ loki, cluster, keep }: DemoOptions, target: Target): string {
  const demos = [
    !loki && !target.queryable && ['--loki', 'into a real Loki; needs Go, once, for minutes'],
    !cluster && ['--cluster', 'from a real control plane; needs Go likewise'],
    !keep && ['--keep', 'leaves everything up and prints the URLs'],
  ].filter(entry => entry !== false);
  return [
    '',
    '  Next',
    '',
    ...demos.map(([flag = '', what = '']) => `    npm run demo -- ${flag.padEnd(11)}${what}`),
    '',
    '    Your own cluster and Loki:',
    '    npm run -s cli -- run --kubeconfig ~/.kube/config --cluster NAME \\',
    '      --loki-url URL --listen 127.0.0.1:9090 --checkpoint-file position.json',
    '',
    "    Then, in Grafana's Explore:",
    '    sum by (reason) (sum_over_time({job="kube-events"} | unwrap occurrences',
    '      [$__auto]))',
    '',
  ].join('\n');
}
