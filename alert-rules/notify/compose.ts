import type { Language } from '../rule.ts';
import { layOut } from './layout.ts';
import type { Message } from './message.ts';
import type { Content, Service } from './services/service.ts';
import type { Template } from './template.ts';
import { cutBytes } from './text.ts';

/** How a receiver's messages are made. */
export interface Composition {
  readonly service: Service;
  readonly language: Language;
  readonly template: Template | undefined;
  readonly keyword: string | undefined;
  readonly mentions: boolean;
}

/**
 * The body of a message that the service has room for: in less and less detail, then with fewer and fewer alerts, the rest
 * of which are counted. No alert is cut off in its middle.
 * @throws TemplateError
 */
export function compose(message: Message, composition: Composition): unknown {
  const { service, keyword, mentions } = composition;
  let last: unknown;
  for (const parts of attempts(message, composition)) {
    const content: Content = {
      title: message.title,
      tone: toneOf(message),
      parts: withKeyword(parts, message.title, keyword),
      mentions,
    };
    last = service.body(content, message);
    if (service.fits(last)) return last;
  }
  return last;
}

function* attempts(message: Message, composition: Composition): Generator<readonly string[]> {
  const { service, language, template } = composition;
  const all = message.alerts.length;
  if (template !== undefined) {
    yield* rendered(message, template);
    return;
  }
  const { markup } = service;
  yield layOut(message, all, 'full', { markup, language });
  for (const detail of ['brief', 'bare'] as const) {
    for (let shown = all; shown > 0; shown -= 1) yield layOut(message, shown, detail, { markup, language });
  }
  yield [];
}

function* rendered(message: Message, template: Template): Generator<readonly string[]> {
  const { alerts, more } = message;
  let text = '';
  for (let shown = alerts.length; shown > 0; shown -= 1) {
    text = template.render({
      ...message,
      alerts: alerts.slice(0, shown),
      more: more + alerts.length - shown,
    });
    yield [text];
  }
  for (let bytes = Buffer.byteLength(text); bytes > 64; bytes = Math.floor(bytes * 0.8))
    yield [cutBytes(text, bytes)];
  yield [];
}

function withKeyword(
  parts: readonly string[],
  title: string,
  keyword: string | undefined,
): readonly string[] {
  const there = keyword === undefined || [title, ...parts].some(part => part.includes(keyword));
  return there ? parts : [...parts, keyword];
}

function toneOf({ status, severity }: Message): Content['tone'] {
  if (status === 'resolved') return 'resolved';
  // A severity of a team's own is not for nothing.
  return severity === 'critical' || severity === 'info' ? severity : 'warning';
}
