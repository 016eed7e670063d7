import { kubeletEvent, schedulerEvent } from './case.ts';
import type { RawEvent } from './conversion.ts';

/** Texts that have broken something somewhere. */
const nasty = [
  '',
  ' ',
  '\u0000',
  '\ud800',
  '\ufffd',
  '\ufeff',
  '"',
  '\\',
  '\n\nevent_time',
  '\u001b[2J',
  '{}',
  '__proto__',
  'constructor',
  'é😀',
  'a'.repeat(63),
  'b-'.repeat(31).concat('b'),
  '-'.repeat(63),
  'x'.repeat(3000),
  '€'.repeat(700),
];

const reasons = ['BackOff', 'Scheduled', 'Killing', 'Preempted'];
const components = ['kubelet', 'kubernetes.io/kubelet', 'default-scheduler'];
const kinds = ['Pod', 'Node', 'Job', 'ReplicaSet', 'StatefulSet', 'Certificate'];
const podNames = ['web-5d4f8c7b9-x2x4z', 'web-0', 'backup-29920939-q4r8t', 'etcd-worker-1', 'scan-x2x4z'];
const types = ['Normal', 'Warning', 'Error', 'warning', 'Fatal'];
const paths = ['spec.containers{app}', 'spec.initContainers[1]', 'implicitly required container POD', 'spec'];
const times = [
  null,
  '0001-01-01T00:00:00Z',
  '0000-01-01T00:00:00+23:59',
  '1969-12-31T23:59:59.999Z',
  '9999-12-31T23:59:59.999999999-23:59',
  '2611-01-01T00:00:00Z',
  '2026-02-30T00:00:00Z',
  '2016-12-31T23:59:60Z',
  '2026-05-01t10:00:00.1z',
  'soon',
];

/** Random core/v1 events, hostile ones too: the same ones for the same seed. */
export class RandomEvents {
  #state: number;

  constructor(seed: number) {
    this.#state = seed | 0;
  }

  event(): RawEvent {
    const base = this.unlikely(0.5) ? kubeletEvent : schedulerEvent;
    const event: Record<string, unknown> = { ...base, metadata: this.#metadata() };
    for (const [name, value] of Object.entries(this.#fields())) if (this.unlikely(0.3)) event[name] = value();
    for (const name of Object.keys(event)) {
      if (this.unlikely(0.02)) delete event[name];
      else if (this.unlikely(0.04)) event[name] = this.#anything(3);
    }
    if (this.unlikely(0.01)) return { ...event, ...JSON.parse('{"__proto__": {"reason": "Inherited"}}') };
    return event;
  }

  /** True so often out of one. */
  unlikely(probability: number): boolean {
    return this.#next() < probability;
  }

  #fields(): Record<string, () => unknown> {
    return {
      involvedObject: () => this.#reference(),
      related: () => this.#reference(),
      reason: () => this.#text(reasons),
      message: () => this.#message(),
      type: () => this.#text(types),
      action: () => this.#text(['Binding']),
      source: () => ({ component: this.#text(components), host: this.#text(['worker-1']) }),
      reportingComponent: () => this.#text(components),
      reportingInstance: () => this.#text(['worker-1', 'kubelet-worker-1']),
      count: () => this.#count(),
      firstTimestamp: () => this.#time(),
      lastTimestamp: () => this.#time(),
      eventTime: () => this.#time(),
      series: () => ({ count: this.#count(), lastObservedTime: this.#time() }),
    };
  }

  #metadata(): unknown {
    return {
      name: this.#text(podNames),
      namespace: this.#text(['shop', 'default']),
      uid: this.unlikely(0.9) ? `e-${this.#below(5000)}` : this.#anything(2),
      resourceVersion: this.unlikely(0.9) ? String(this.#below(1e9)) : this.#anything(2),
      creationTimestamp: this.#time(),
      managedFields: [{ manager: 'kubelet' }],
    };
  }

  #reference(): unknown {
    return {
      kind: this.#text(kinds),
      namespace: this.#text(['shop']),
      name: this.#text(podNames),
      uid: this.#text(['p-1']),
      fieldPath: this.#text(paths),
    };
  }

  #message(): unknown {
    if (this.unlikely(0.001)) return 'm€'.repeat(70_000 + this.#below(100_000));
    return this.#text(['Successfully assigned shop/web-0 to worker-2', 'Back-off restarting']);
  }

  #time(): unknown {
    if (this.unlikely(0.5)) return new Date(1_777_629_600_000 + this.#below(1e9)).toISOString();
    return this.unlikely(0.9) ? this.#pick(times) : this.#anything(1);
  }

  #count(): unknown {
    if (this.unlikely(0.8)) return this.#below(20);
    return this.#pick([0, -1, 2.5, 1e300, -(2 ** 53), 2 ** 31 - 1, '7', null, [3], {}]);
  }

  #text(usual: readonly string[]): unknown {
    if (this.unlikely(0.7)) return this.#pick(usual);
    if (this.unlikely(0.2)) return this.#anything(1);
    if (this.unlikely(0.5)) return this.#pick(nasty);
    const units = Array.from({ length: this.#below(40) }, () =>
      this.#below(this.unlikely(0.7) ? 128 : 0x10000),
    );
    return String.fromCharCode(...units);
  }

  #anything(depth: number): unknown {
    const kind = this.#below(depth > 0 ? 8 : 6);
    if (kind === 6) return Array.from({ length: this.#below(4) }, () => this.#anything(depth - 1));
    if (kind === 7) {
      const keys = ['name', 'kind', 'component', 'count', '__proto__', 'toString'];
      const members = keys.map(key => `${JSON.stringify(key)}: ${JSON.stringify(this.#anything(depth - 1))}`);
      return JSON.parse(`{${members.join(', ')}}`);
    }
    return this.#pick([null, true, this.#below(1e6), 1e308, -0.5, this.#pick(nasty)]);
  }

  #pick<Value>(values: readonly Value[]): Value | undefined {
    return values[this.#below(values.length)];
  }

  #below(limit: number): number {
    return Math.floor(this.#next() * limit);
  }

  /** Mulberry32: 32 bits of state, in [0, 1). */
  #next(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }
}
