import { stringify } from 'yaml';
import { rulerFile } from './ruler.ts';
import { metadataOf, OptionError, type Target } from './target.ts';

/** Bytes of data that the API server takes in one ConfigMap. */
const configMapBytes = 1024 * 1024;

/** A ConfigMap for the sidecar of Loki's Helm chart (kiwigrid/k8s-sidecar), which writes its file where the ruler looks. */
export const configmap: Target = {
  description: "A ConfigMap for the rules sidecar of Loki's Helm chart",
  options: { namespace: '', tenant: 'fake', resourceLabel: 'loki_rule=1' },
  files: (groups, config, options) => {
    const text = rulerFile(groups, config);
    const bytes = Buffer.byteLength(text);
    if (bytes > configMapBytes) {
      throw new OptionError(
        `the rules have ${bytes} bytes, and a ConfigMap holds ${configMapBytes}: use the target ruler`,
      );
    }
    const resource = {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: {
        ...metadataOf('kube-events-rules', options),
        // Relative to the sidecar's folder: the ruler has a folder for each tenant.
        ...(options.tenant !== '' && {
          annotations: { 'k8s-sidecar-target-directory': options.tenant },
        }),
      },
      data: { 'kube-events.yaml': text },
    };
    return new Map([['configmap.yaml', stringify(resource, { lineWidth: 0 })]]);
  },
};
