import type { Language } from '../rule.ts';
import { words } from './language.ts';
import type { Fact, Message, ShownAlert } from './message.ts';
import type { Markup } from './services/service.ts';
import { cut } from './text.ts';

/** How much is told of each alert, where there is less and less room. */
export const details = ['full', 'brief', 'bare'] as const;
export type Detail = (typeof details)[number];

/** In characters. */
const briefMessage = 120;
const bareSummary = 100;

/** Our own layout: what is common, a part for each alert, and how many more there are. */
export function layOut(
  message: Message,
  shown: number,
  detail: Detail,
  { markup, language }: { readonly markup: Markup; readonly language: Language },
): readonly string[] {
  const { alerts, common, more } = message;
  const vocabulary = words[language];
  const single = alerts.length === 1 && more === 0;
  const left = more + alerts.length - shown;
  return [
    ...(common.length > 0 ? [inLine(common, markup, vocabulary.colon)] : []),
    ...alerts.slice(0, shown).map(alert => {
      const mark =
        alert.status === 'resolved' && message.status === 'firing'
          ? vocabulary.resolved + vocabulary.colon
          : '';
      return single
        ? onlyPart(alert, detail, markup, language)
        : partOf(alert, mark, detail, markup, vocabulary.colon);
    }),
    ...(left > 0 ? [vocabulary.more(left)] : []),
  ];
}

/** The one alert of a message, whose summary is its title: a line for each fact. */
function onlyPart(alert: ShownAlert, detail: Detail, markup: Markup, language: Language): string {
  const { facts, colon } = words[language];
  const fact = (label: string, value: string) =>
    markup.bold(markup.escape(label)) + colon + markup.escape(value);
  const message = shortened(alert.message, detail);
  return joined(
    [
      detail === 'bare' ? '' : markup.escape(alert.description),
      ...(detail === 'bare' ? [] : alert.facts.map(({ label, value }) => fact(label, value))),
      message === '' ? '' : fact(facts['message'] ?? '', message),
      linksOf(alert, detail, markup),
    ],
    markup.newline,
  );
}

/** One of many. */
function partOf(alert: ShownAlert, mark: string, detail: Detail, markup: Markup, colon: string): string {
  const summary = detail === 'bare' ? cut(alert.summary, bareSummary) : alert.summary;
  return joined(
    [
      markup.bold(markup.escape(mark + summary)),
      detail === 'bare' ? '' : inLine(alert.facts, markup, colon),
      detail === 'bare' ? '' : markup.escape(shortened(alert.message, detail)),
      linksOf(alert, detail, markup),
    ],
    markup.newline,
  );
}

function shortened(message: string, detail: Detail): string {
  return detail === 'full' ? message : cut(message, briefMessage);
}

function linksOf({ links }: ShownAlert, detail: Detail, markup: Markup): string {
  return detail === 'full' ? links.map(({ text, url }) => markup.link(text, url)).join(' · ') : '';
}

function inLine(facts: readonly Fact[], markup: Markup, colon: string): string {
  return facts.map(({ label, value }) => markup.escape(label) + colon + markup.escape(value)).join(' · ');
}

function joined(lines: readonly string[], newline: string): string {
  return lines.filter(line => line !== '').join(newline);
}
