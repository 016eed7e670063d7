import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { profileNames } from './profile.ts';
import { formatDashboard, renderDashboards } from './render.ts';
import type { DashboardJson } from './rules/dashboard-json.ts';
import { rules } from './rules/rules.ts';

/** Each profile's dashboards as Grafana reads them. */
const folders = new Map(
  profileNames.map(profile => [
    profile,
    Array.from(renderDashboards({ profile }), ([, dashboard]) => read(formatDashboard(dashboard))),
  ]),
);

function read(text: string): DashboardJson {
  return JSON.parse(text) as DashboardJson;
}

for (const [profile, folder] of folders) {
  describe(`dashboards of profile ${profile}`, () => {
    for (const rule of rules) {
      test(rule.name, () => {
        const findings = folder.flatMap(dashboard =>
          Array.from(rule.check(dashboard, folder), finding => `${dashboard.title}: ${finding}`),
        );
        assert.deepEqual(findings, []);
      });
    }
  });
}

describe('rendering', () => {
  test('gives the same bytes again, whatever was rendered in between', () => {
    const first = profileNames.map(profile => textOf({ profile }));
    const again = profileNames.toReversed().map(profile => textOf({ profile }));
    assert.deepEqual(again.toReversed(), first);
  });

  test('gives the same bytes in another time zone and language', () => {
    const script =
      "import { formatDashboard, renderDashboards } from './render.ts';" +
      "for (const dashboard of renderDashboards({ profile: 'default' }).values())" +
      ' process.stdout.write(formatDashboard(dashboard));';
    const printed = execFileSync(process.execPath, ['--input-type=module', '--eval', script], {
      cwd: fileURLToPath(new URL('.', import.meta.url)),
      env: { ...process.env, TZ: 'Asia/Kathmandu', LANG: 'tr_TR.UTF-8', LC_ALL: 'tr_TR.UTF-8' },
      encoding: 'utf8',
    });
    assert.equal(printed, textOf({ profile: 'default' }));
  });

  test('takes another job and another label for the cluster everywhere', () => {
    for (const profile of profileNames) {
      const text = textOf({ profile, job: 'other/job', clusterLabel: 'k8s_cluster' });
      const jobs = Array.from(text.matchAll(/job=\\+"([^"\\]*)/g), match => match[1]);
      assert.deepEqual([...new Set(jobs)], ['other/job']);
      assert.ok(!/[{,( ]cluster=~/.test(text), profile);
    }
  });
});

function textOf(options: Parameters<typeof renderDashboards>[0]): string {
  return Array.from(renderDashboards(options), ([, dashboard]) => formatDashboard(dashboard)).join('');
}
