import type { Field } from '../dashboards/profile.ts';
import type { Settings } from './rule.ts';

/** Fields that have a recording rule each. */
export const recordedFields = ['namespace', 'kind', 'reason', 'type'] as const satisfies readonly Field[];

/** What of the recording rules a team may want otherwise. */
export const recordingSettings = {
  window: {
    default: '5m',
    description: 'The time that a sample counts, and how often there is one.',
  },
  offset: {
    default: '10m',
    description:
      'How long before its own time the window of a sample ends. Entries can arrive six minutes after their time; those that arrive later than this are in no sample.',
  },
} as const satisfies Settings;
