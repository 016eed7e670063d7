import type { VariableModel } from '@grafana/grafana-foundation-sdk/dashboard';
import type { Field } from './profile.ts';
import type { Queries } from './query.ts';
import { variables } from './variables.ts';

/*
 * Dashboards whose every panel has reasons of its own don't ask for kind, reason and type: one that came with a link would
 * hide what they are about, such as a Normal NodeNotReady from somebody who looked at Warnings.
 */
const fixed: readonly Field[] = ['kind', 'reason', 'type'];

/** The variables that are left, with some of the dashboard's own. */
export function variablesOfPlaces(query: Queries, ...own: readonly VariableModel[]): VariableModel[] {
  return [...variables(query).filter(({ name }) => !fixed.some(field => field === name)), ...own];
}

/** The fields that have a variable there: what a link can carry. */
export function placesOf(query: Queries): Pick<Queries, 'has'> {
  return { has: field => !fixed.includes(field) && query.has(field) };
}
