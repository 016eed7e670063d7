import type { Panel, RowPanel } from '@grafana/grafana-foundation-sdk/dashboard';
import { RowBuilder } from '@grafana/grafana-foundation-sdk/dashboard';

/** Columns of Grafana's grid. */
const columns = 24;

/** A panel and how many columns it takes. */
export interface Placed {
  readonly panel: Panel;
  readonly width: number;
}

/** Panels side by side, of one height in grid rows. */
export interface Shelf {
  readonly height: number;
  readonly panels: readonly Placed[];
}

/** A titled part of a dashboard. */
export interface Section {
  readonly title: string;
  readonly shelves: readonly Shelf[];
}

/** Panels of equal width. */
export function shelf(height: number, ...panels: readonly Panel[]): Shelf {
  return { height, panels: panels.map(panel => ({ panel, width: columns / panels.length })) };
}

/**
 * Gives each panel its place and its id, from left to right and from top to bottom.
 * @throws RangeError for a shelf that isn't filled from side to side
 */
export function layOut(sections: readonly Section[]): (Panel | RowPanel)[] {
  const placed: (Panel | RowPanel)[] = [];
  let y = 0;
  for (const { title, shelves } of sections) {
    const row = new RowBuilder(title).gridPos({ x: 0, y, w: columns, h: 1 }).build();
    placed.push({ ...row, id: placed.length + 1, panels: [] });
    y += 1;
    for (const { height, panels } of shelves) {
      let x = 0;
      for (const { panel, width } of panels) {
        placed.push({ ...panel, id: placed.length + 1, gridPos: { x, y, w: width, h: height } });
        x += width;
      }
      if (x !== columns || panels.some(({ width }) => !Number.isInteger(width))) {
        throw new RangeError(`${title}: the panels of a shelf take ${x} of ${columns} columns`);
      }
      y += height;
    }
  }
  return placed;
}
