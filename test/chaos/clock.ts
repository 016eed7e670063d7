/**
 * Loaded by `node --import` into an exporter: its wall clock goes wrong by `KUBE_EVENTS_TEST_CLOCK_MS` milliseconds,
 * as a machine's does. The monotonic clock stays right, as a machine's does.
 */
const offsetMs = Number(process.env['KUBE_EVENTS_TEST_CLOCK_MS'] ?? 0);
const RealDate = Date;

globalThis.Date = new Proxy(RealDate, {
  construct: (target, args, newTarget) =>
    Reflect.construct(target, args.length === 0 ? [target.now() + offsetMs] : args, newTarget),
  apply: target => new target(target.now() + offsetMs).toString(),
  get: (target, property, receiver) =>
    property === 'now' ? () => target.now() + offsetMs : Reflect.get(target, property, receiver),
});
