import type { DynamicConfigValue, Panel } from '@grafana/grafana-foundation-sdk/dashboard';
import { meanings, severityOf, type Wanted } from '../meaning.ts';
import type { Field } from '../profile.ts';
import type { Queries, Where } from '../query.ts';
import { firstSeen, lastSeen } from '../seen.ts';
import { onlyWith, token } from '../token.ts';
import { instantQuery, merge, organize, type PanelText } from './common.ts';
import { table } from './table.ts';

export interface TallyOptions {
  readonly query: Queries;
  /** A row for each of its values. */
  readonly by: Field;
  /** The name of that column. */
  readonly column: string;
  readonly where?: Where;
  /** Where a value leads. */
  readonly link?: DynamicConfigValue;
}

const times: Readonly<Record<string, readonly DynamicConfigValue[]>> = {
  'First seen': [{ id: 'unit', value: 'dateTimeAsSystem' }],
  'Last seen': [{ id: 'unit', value: 'dateTimeFromNow' }],
};

/** How often something occurred by the values of a field, and when first and last. */
export function tally(text: PanelText, { query, by, column, where = {}, link }: TallyOptions): Panel {
  return table(text, {
    queries: seenQueries(query, by, where, query.occurrences([by], where)),
    transformations: [merge, organize({ [query.nameOf(by)]: column, ...values })],
    sortBy: 'Occurrences',
    columns: { ...times, ...(link !== undefined && { [column]: [link] }) },
  });
}

/** {@link tally} by reason, with what each reason means. */
export interface ReasonTallyOptions extends Omit<TallyOptions, 'by' | 'column'> {
  /** Which of the catalogue's reasons it can meet. */
  readonly wanted: Wanted;
}

/** How often something occurred by reason, when first and last, how much it matters and what it means. */
export function tallyOfReasons(
  text: PanelText,
  { query, where = {}, link, wanted }: ReasonTallyOptions,
): Panel {
  return table(text, {
    queries: seenQueries(query, 'reason', where, withCopies(query.occurrences(['reason'], where))),
    transformations: [
      merge,
      organize({ reason: 'Reason', severity: 'Severity', ...values, meaning: 'Meaning' }),
    ],
    sortBy: 'Occurrences',
    columns: {
      ...times,
      ...(link !== undefined && { Reason: [link] }),
      Severity: [
        { id: 'mappings', value: severityOf(wanted) },
        { id: 'custom.cellOptions', value: { type: 'color-text' } },
        { id: 'custom.width', value: 100 },
      ],
      Meaning: [{ id: 'mappings', value: meanings(wanted) }, { id: 'custom.width', value: 600 }, reasonDocs],
    },
  });
}

const values = { 'Value #A': 'Occurrences', 'Value #B': 'First seen', 'Value #C': 'Last seen' } as const;

function seenQueries(query: Queries, by: Field, where: Where, occurrences: string) {
  return [
    instantQuery('A', occurrences),
    instantQuery('B', firstSeen(query, [by], where)),
    instantQuery('C', lastSeen(query, [by], where)),
  ];
}

/** The reason again, in columns that show something else in its place. */
function withCopies(expr: string): string {
  return ['severity', 'meaning'].reduce(
    (inner, label) => `label_replace(${inner}, "${label}", "$1", "reason", "(.*)")`,
    expr,
  );
}

const reasonDocs = onlyWith(['docs'], {
  id: 'links',
  value: [
    {
      title: 'What to check first',
      url: `${token('docs')}/reasons.md#\${__data.fields["Reason"]}`,
      targetBlank: true,
    },
  ],
});
