import { colours } from '../panels/common.ts';
import { type PanelJson, panelsOf } from './dashboard-json.ts';
import type { Rule } from './rule.ts';

const palette: readonly unknown[] = Object.values(colours);

/** Colours that mean the same everywhere. */
export const colourRules: readonly Rule[] = [
  {
    name: 'colours are those that have a meaning',
    *check(dashboard) {
      for (const panel of panelsOf(dashboard)) {
        for (const colour of coloursIn(panel)) {
          if (!palette.includes(colour)) yield `${panel.title}: the colour ${colour}`;
        }
      }
      for (const { name, iconColor } of dashboard.annotations?.list ?? []) {
        if (iconColor !== undefined && !palette.includes(iconColor)) yield `${name}: the colour ${iconColor}`;
      }
    },
  },
  {
    name: 'Normal and Warning have their colours',
    *check(dashboard) {
      for (const { title, fieldConfig } of panelsOf(dashboard)) {
        for (const { matcher, properties } of fieldConfig?.overrides ?? []) {
          const name = String(matcher.options);
          if (name !== 'Normal' && name !== 'Warning') continue;
          const found = properties.filter(({ id }) => id === 'color').flatMap(coloursIn);
          const other = found.find(colour => colour !== colours[name]);
          if (other !== undefined) yield `${title}: ${name} is ${other}, not ${colours[name]}`;
        }
      }
    },
  },
  {
    name: 'thresholds rise from one without a value',
    *check(dashboard) {
      for (const { title, fieldConfig } of panelsOf(dashboard)) {
        const [first, ...rest] = (fieldConfig?.defaults.thresholds?.steps ?? []).map(({ value }) => value);
        if (first !== undefined && first !== null) yield `${title}: the first threshold is at ${first}`;
        const values = rest.map(value => value ?? Number.NaN);
        if (!values.every((value, index) => value > (values[index - 1] ?? Number.NEGATIVE_INFINITY))) {
          yield `${title}: thresholds ${values.join(', ')}`;
        }
      }
    },
  },
];

/** Every colour that is named in a part of a panel. */
function coloursIn(part: PanelJson | object): unknown[] {
  return Object.entries(part).flatMap(([key, value]): unknown[] => {
    if ((key === 'color' || key === 'fixedColor') && typeof value === 'string') return [value];
    return typeof value === 'object' && value !== null ? coloursIn(value) : [];
  });
}
