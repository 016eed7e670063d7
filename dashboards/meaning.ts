import { MappingType, type ValueMapping } from '@grafana/grafana-foundation-sdk/dashboard';
import { REASONS } from '../exporter/event/reasons/catalogue.ts';
import type { EventReason, Severity } from '../exporter/event/reasons/reason.ts';
import { otherValue } from '../exporter/loki/schema.ts';
import { colours } from './panels/common.ts';
import { anyOf, reasonsWhere } from './reasons.ts';

/** Which of the catalogue's reasons a panel can meet. */
export type Wanted = (entry: EventReason) => boolean;

const severities: Readonly<Record<Severity, string>> = {
  critical: colours.bad,
  warning: colours.Warning,
  notice: colours.notice,
  info: colours.Normal,
};

/** Shows what a reason means in its place. */
export function meanings(wanted: Wanted): ValueMapping[] {
  const texts = reasonsWhere(wanted).map(reason => [reason, { text: meaningOf(reason) }] as const);
  return [
    { type: MappingType.ValueToText, options: Object.fromEntries(texts) },
    {
      type: MappingType.ValueToText,
      options: {
        [otherValue]: { text: 'Many reasons, beyond the cardinality budget: each entry has its own.' },
      },
    },
    {
      type: MappingType.RegexToText,
      options: { pattern: '/.+/', result: { text: "Not one of Kubernetes' own reasons." } },
    },
  ];
}

function meaningOf(reason: string): string {
  const said = Map.groupBy(
    REASONS.filter(entry => entry.reason === reason),
    entry => entry.meaning,
  );
  if (said.size === 1) return [...said.keys()].join();
  return Array.from(said, ([meaning, entries]) => {
    const components = entries.flatMap(entry => entry.components);
    return `${components.join(', ')}: ${meaning}`;
  }).join(' ');
}

/** Shows how much a reason matters in its place, in that colour. */
export function severityOf(wanted: Wanted): ValueMapping[] {
  return bySeverity(wanted, severity => severity);
}

/** Gives a reason the colour of how much it matters. */
export function severityColours(): ValueMapping[] {
  return bySeverity(
    () => true,
    () => undefined,
  );
}

function bySeverity(
  wanted: Wanted,
  textOf: (severity: Severity | 'unknown') => string | undefined,
): ValueMapping[] {
  const result = (severity: Severity | 'unknown', color: string) => {
    const text = textOf(severity);
    return text === undefined ? { color } : { text, color };
  };
  const seen = new Set<string>();
  const known = (Object.keys(severities) as Severity[]).flatMap((severity): ValueMapping[] => {
    // The worst that it can be, where components use it in different ways.
    const reasons = reasonsWhere(entry => wanted(entry) && entry.severity === severity).filter(
      reason => !seen.has(reason),
    );
    for (const reason of reasons) seen.add(reason);
    if (reasons.length === 0) return [];
    const pattern = `/^(?:${anyOf(reasons)})$/`;
    return [
      { type: MappingType.RegexToText, options: { pattern, result: result(severity, severities[severity]) } },
    ];
  });
  const rest = { pattern: '/.+/', result: result('unknown', colours.neutral) };
  return [...known, { type: MappingType.RegexToText, options: rest }];
}
