import { formatDashboard } from '../render.ts';
import { fileOfEach, type Target } from './target.ts';

/** Plain JSON, for Grafana's own import and its HTTP API. */
export const json: Target = {
  description: 'JSON to import (Dashboards → New → Import)',
  options: {},
  files: dashboards => fileOfEach(dashboards, 'json', formatDashboard),
};
