/** Writes the dashboards of the default profile to `out/`; `--check` writes nothing. */
import { writeGenerated } from '../docs/generated-files.ts';
import { formatDashboard, renderDashboards } from './render.ts';

const files = Array.from(renderDashboards({ profile: 'default' }), ([name, dashboard]) => {
  return [`out/${name}.json`, formatDashboard(dashboard)] as const;
});
writeGenerated(new URL('./', import.meta.url), new Map(files), ['out']);
