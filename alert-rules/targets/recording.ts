import { stringify } from 'yaml';
import { renderRecording } from '../recording.ts';
import type { Target } from './target.ts';

/** A rule file of its own, because it is of use only to a ruler that writes to Prometheus (`ruler.remote_write`). */
export const recording: Target = {
  description: "Recording rules for Loki's ruler, which sends their samples to Prometheus",
  files: (_groups, config) => {
    const text = stringify({ groups: [renderRecording(config)] }, { lineWidth: 0 });
    return new Map([['kube-events-recording.yaml', text]]);
  },
};
