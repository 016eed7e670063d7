import { type Files, OptionError } from '../../dashboards/targets/target.ts';
import type { RulesConfig } from '../config.ts';
import type { RenderedGroup, RenderedRule } from '../render.ts';

export { type Files, OptionError };

/** What some targets want to know besides the configuration. */
export interface TargetOptions {
  /** The namespace of the resources; that of whoever applies them where it is empty. */
  readonly namespace: string;
  /** The folder in Grafana, by its title. */
  readonly folder: string;
  /** The tenant of Loki that the rules are evaluated for. */
  readonly tenant: string;
  /** A label by which the resources are selected: `name=value`; none where it is empty. */
  readonly resourceLabel: string;
}

/** A way for rules to get to what evaluates them. */
export interface Target {
  /** For `--help` and the docs. */
  readonly description: string;
  /** The options that it heeds, with the values that they have where none are given. */
  readonly options?: Readonly<Partial<TargetOptions>>;
  /** Between its files where they go to stdout as one; without it there can be only one. */
  readonly separator?: string;
  /** @throws OptionError for an option, or for rules that the target cannot hold */
  files(groups: readonly RenderedGroup[], config: RulesConfig, options: TargetOptions): Files;
}

/** The files of a target, with the options that are given over its own. @throws OptionError as `files` does */
export function filesOf(
  target: Target,
  groups: readonly RenderedGroup[],
  config: RulesConfig,
  given: Readonly<Partial<TargetOptions>> = {},
): Files {
  const none: TargetOptions = { namespace: '', folder: '', tenant: '', resourceLabel: '' };
  return target.files(groups, config, { ...none, ...target.options, ...given });
}

/** The metadata of a resource, as a target's options want it. @throws OptionError for a label that is none */
export function metadataOf(name: string, { namespace, resourceLabel }: TargetOptions) {
  const [label, value] = resourceLabel.split('=', 2);
  if (resourceLabel !== '' && (label === '' || value === undefined)) {
    throw new OptionError(`--resource-label ${resourceLabel}: write it as NAME=VALUE`);
  }
  return {
    name,
    ...(namespace !== '' && { namespace }),
    ...(label !== undefined && value !== undefined && { labels: { [label]: value } }),
  };
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
