import type { RulesConfig } from '../config.ts';
import type { RenderedGroup, RenderedRule } from '../render.ts';

/** Texts by the paths of their files, below the folder that they are written to. */
export type Files = ReadonlyMap<string, string>;

/** A way for rules to get to what evaluates them. */
export interface Target {
  /** For `--help` and the docs. */
  readonly description: string;
  files(groups: readonly RenderedGroup[], config: RulesConfig): Files;
}

/** How templates of a target write what is put in when an alert fires. */
export interface TemplateSyntax {
  label(name: string): string;
  /** A label's value as a string of LogQL. */
  quotedLabel(name: string): string;
  /** A label's value inside of a link. */
  linkedLabel(name: string): string;
  readonly value: string;
}

/** Prometheus' templates, which Loki's ruler has too. */
export const prometheusTemplates: TemplateSyntax = {
  label: name => `{{ $labels.${name} }}`,
  quotedLabel: name => `{{ printf "%q" $labels.${name} }}`,
  linkedLabel: name => `{{ urlquery $labels.${name} }}`,
  value: '{{ printf "%.0f" $value }}',
};

/** A text with the target's templates in place of `{label}` and `{value}`. */
export function templated(text: string, rule: RenderedRule, syntax: TemplateSyntax): string {
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => {
    if (name === 'value') return syntax.value;
    return rule.by.includes(name) ? syntax.label(name) : whole;
  });
}

/** LogQL of the newest entries behind an alert. */
export function entriesTemplate(rule: RenderedRule, syntax: TemplateSyntax): string | undefined {
  return rule.entries?.replace(/\{"(\w+)"\}/g, (_, name: string) => syntax.quotedLabel(name));
}
