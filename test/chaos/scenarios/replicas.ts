import { setTimeout as sleep } from 'node:timers/promises';
import type { ExporterProcess } from '../../servers/exporter.ts';
import type { Scenario } from '../scenario.ts';
import type { Trial } from '../trial.ts';
import { until } from '../until.ts';

/** A standby takes over within this time, in seconds. */
const TAKEOVER_SECONDS = 15;

export const replicas: readonly Scenario[] = [
  {
    name: 'two replicas, the leader SIGKILLed twice',
    async play(trial) {
      const pair = await startPair(trial);
      const writer = trial.write({ rate: trial.size.rate / 2 });
      for (const share of [0.2, 0.5]) {
        await writer.reached(share);
        const { leader, standby } = await roles(pair);
        await leader.kill();
        const seconds = await takeover(trial, standby);
        trial.note(`takeover in ${seconds.toFixed(1)} s`);
        await leader.start();
      }
    },
  },
  {
    name: 'two replicas, the leader SIGSTOPped and SIGCONTed',
    async play(trial) {
      const pair = await startPair(trial);
      const writer = trial.write({ rate: trial.size.rate / 2 });
      await writer.reached(0.2);
      const { leader, standby } = await roles(pair);
      if (leader.pid === undefined) throw new Error('The leader has ended.');
      process.kill(leader.pid, 'SIGSTOP');
      const frozen = sleep(trial.size.frozenSeconds * 1000);
      const seconds = await takeover(trial, standby);
      trial.note(`takeover in ${seconds.toFixed(1)} s`);
      await frozen;
      process.kill(leader.pid, 'SIGCONT');
      await until('the deposed leader knows that it leads no more', 15, async () => !(await leads(leader)));
      // It must not take part any more while the other goes on.
      trial.write({ events: Math.ceil(trial.size.events / 10) });
    },
  },
  {
    name: 'two replicas, the leader stopped as in a rolling update',
    longOnly: true,
    async play(trial) {
      const pair = await startPair(trial);
      const writer = trial.write();
      await writer.reached(0.3);
      const { leader, standby } = await roles(pair);
      const began = performance.now();
      const stopped = leader.stop();
      await takeover(trial, standby);
      trial.note(`handover in ${((performance.now() - began) / 1000).toFixed(1)} s`);
      await stopped;
    },
  },
];

async function startPair(trial: Trial): Promise<[ExporterProcess, ExporterProcess]> {
  const options = { checkpointFile: false, flags: { '--lease': `default/${trial.cluster}` } };
  const pair: [ExporterProcess, ExporterProcess] = [
    await trial.exporter(options),
    await trial.exporter(options),
  ];
  await until('one replica leads', 30, async () => (await leads(pair[0])) || leads(pair[1]));
  return pair;
}

async function roles([one, other]: readonly [ExporterProcess, ExporterProcess]) {
  await until('exactly one replica leads', 30, async () => (await leads(one)) !== (await leads(other)));
  return (await leads(one)) ? { leader: one, standby: other } : { leader: other, standby: one };
}

/** @returns after how many seconds the standby led */
async function takeover(trial: Trial, standby: ExporterProcess): Promise<number> {
  const began = performance.now();
  await until('the standby leads', 60, () => leads(standby));
  const seconds = (performance.now() - began) / 1000;
  trial.expect(seconds <= TAKEOVER_SECONDS, `the takeover took ${seconds.toFixed(1)} s`);
  return seconds;
}

async function leads(exporter: ExporterProcess): Promise<boolean> {
  return (await exporter.metrics()).sum('kube_events_leader') === 1;
}
