import { stringify } from 'yaml';
import { checks, type Finding, type Status, statuses } from './finding.ts';

/** How findings are told. */
export const reportFormats = ['text', 'json'] as const;
export type ReportFormat = (typeof reportFormats)[number];

const longest = (words: readonly string[]) => Math.max(...words.map(({ length }) => length));
const statusWidth = longest(statuses);
const checkWidth = longest(Object.keys(checks));

/** The findings as they are printed. */
export function formatReport(findings: readonly Finding[], format: ReportFormat): string {
  return format === 'json'
    ? `${JSON.stringify({ result: resultOf(findings), findings }, null, 2)}\n`
    : toText(findings);
}

/** The worst that was found, as `check` ends: `ok`, `warning` or `fault`. */
export function resultOf(findings: readonly Finding[]): Exclude<Status, 'not checked'> {
  const has = (status: Status) => findings.some(finding => finding.status === status);
  if (has('fault')) return 'fault';
  return has('warning') ? 'warning' : 'ok';
}

/** A line for each finding, their number, and then what can be applied. */
function toText(findings: readonly Finding[]): string {
  const lines = findings.map(({ check, of, status, found, advice }) => {
    const what = of === undefined ? onOneLine(found) : `${of}: ${onOneLine(found)}`;
    const line = advice === undefined ? what : `${what}; ${onOneLine(advice)}`;
    return `${status.padEnd(statusWidth)}  ${check.padEnd(checkWidth)}  ${line}\n`;
  });
  const counts = statuses.flatMap(status => {
    const count = findings.filter(finding => finding.status === status).length;
    return count === 0 ? [] : [`${count} ${status}`];
  });
  const manifests = findings.flatMap(finding => finding.manifests ?? []);
  const mend =
    manifests.length === 0
      ? ''
      : `\n# kubectl apply -f - grants and makes what is missing:\n${yamlOf(manifests)}`;
  return `${lines.join('')}${counts.join(', ')}\n${mend}`;
}

/** Objects as one YAML stream. */
function yamlOf(objects: readonly object[]): string {
  return objects.map(object => `---\n${stringify(object)}`).join('');
}

/** Servers say what they like: no second line, nothing for the terminal. */
function onOneLine(text: string): string {
  return text.replace(/[\s\p{Cc}\u2028\u2029]+/gu, ' ').trim();
}
