import type { FilterConfig, RuleConfig } from '../../config/filter-schema.ts';
import type { EventSchema } from '../normalise.ts';
import { parsePattern } from './pattern.ts';
import { type TextCondition, textConditions } from './rule.ts';

type Fields = { readonly namespace: string } & Readonly<Partial<Record<TextCondition, string>>>;

/*
 * Source: ToSelectableFields in pkg/registry/core/event/strategy.go, and AddFieldLabelConversionsForEvent in
 * pkg/apis/core/v1 and pkg/apis/events/v1. `source` is source.component, else the reporting controller, as the
 * condition `component` is; events.k8s.io has only the latter, which isn't enough.
 */
/** Both APIs know the same events, and select them by other names. */
const fields: Readonly<Record<EventSchema, Fields>> = {
  'core/v1': {
    namespace: 'involvedObject.namespace',
    kind: 'involvedObject.kind',
    name: 'involvedObject.name',
    reason: 'reason',
    type: 'type',
    component: 'source',
  },
  'events.k8s.io/v1': {
    namespace: 'regarding.namespace',
    kind: 'regarding.kind',
    name: 'regarding.name',
    reason: 'reason',
    type: 'type',
  },
};

/**
 * Where events of objects without a namespace are, so that `involvedObject.namespace=` would hide them from a rule
 * for that namespace. The API server allows no others (legacyValidateEvent in pkg/apis/core/validation/events.go).
 */
const clusterScopedNamespaces: readonly string[] = ['default', 'kube-system'];

/** Characters of an encoded selector: proxies in front of an API server refuse request lines above 8 KiB. */
const maxLength = 4000;

/**
 * The Kubernetes field selector, not yet URL-encoded, that spares the API server from sending events which the filter
 * drops. It may let through more than the filter does and never less, so the filter is needed all the same.
 * Undefined where nothing of the filter can be said in one: it knows `=` and `!=` of whole values, joined by AND.
 */
export function fieldSelectorOf(config: FilterConfig, api: EventSchema = 'core/v1'): string | undefined {
  const [first = [], ...rest] = config.include.map(rule => includeTerms(rule, fields[api]));
  // Of rules joined by OR only what all of them ask for.
  const included = first.filter(term => rest.every(terms => terms.includes(term)));
  const excluded = config.exclude.flatMap(rule => excludeTerms(rule, fields[api]));
  const terms: string[] = [];
  let length = 0;
  for (const term of new Set([...included, ...excluded])) {
    length += encodeURIComponent(`${term},`).length;
    if (length > maxLength) break;
    terms.push(term);
  }
  return terms.length > 0 ? terms.join(',') : undefined;
}

/** What holds for every event that an include rule matches. */
function includeTerms(rule: RuleConfig, names: Fields): string[] {
  const terms = textConditions.flatMap(condition => {
    const field = names[condition];
    const [value, ...others] = new Set([rule[condition] ?? []].flat());
    if (!field || value === undefined || others.length > 0 || !isExact(value)) return [];
    if (condition === 'namespace' && clusterScopedNamespaces.includes(value)) return [];
    return [`${field}=${escapeValue(value)}`];
  });
  if (rule.clusterScoped !== undefined) terms.push(`${names.namespace}${rule.clusterScoped ? '=' : '!='}`);
  return terms;
}

/** What holds for every event that an exclude rule doesn't match: known only where it has a single condition. */
function excludeTerms(rule: RuleConfig, names: Fields): string[] {
  const [condition, ...others] = Object.entries(rule).filter(([, value]) => value !== undefined);
  if (!condition || others.length > 0) return [];
  if (rule.clusterScoped !== undefined) return [`${names.namespace}${rule.clusterScoped ? '!=' : '='}`];
  return textConditions.flatMap(name => {
    const values = [rule[name] ?? []].flat().filter(isExact);
    return names[name] ? values.map(value => `${names[name]}!=${escapeValue(value)}`) : [];
  });
}

function isExact(text: string): boolean {
  return 'exact' in parsePattern(text);
}

/** As EscapeValue in k8s.io/apimachinery/pkg/fields/selector.go. */
function escapeValue(value: string): string {
  return value.replace(/[\\,=]/g, '\\$&');
}
