import type { RotatingCredentials } from '../../servers/rotation.ts';
import type { Scenario } from '../scenario.ts';
import type { Trial } from '../trial.ts';

export const credentials: readonly Scenario[] = [
  {
    name: 'token rotated in its file, and the old one revoked',
    async play(trial) {
      await rotateTwice(trial, await trial.controlPlane.rotatingToken(`${trial.cluster}-token`));
    },
  },
  {
    name: 'client certificate replaced on disk, and the old one refused',
    async play(trial) {
      await rotateTwice(trial, await trial.controlPlane.rotatingCertificate(`${trial.cluster}-certificate`));
    },
  },
];

async function rotateTwice(trial: Trial, rotating: RotatingCredentials): Promise<void> {
  const { proxy, kubeconfig } = await trial.watchProxy(rotating.kubeconfig);
  await trial.exporter({ kubeconfig });
  const writer = trial.write();
  for (const share of [0.3, 0.6]) {
    await writer.reached(share);
    await rotating.replace();
    // A watch that was let in goes on; the next one needs the new credentials.
    proxy.cut();
  }
  // With the exporter's last list and watch alone, nothing of this would arrive.
  await trial.write({ events: 20 }).done;
}
