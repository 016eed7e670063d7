import { type Case, kubelet, kubeletEvent, scheduler, schedulerEvent } from './case.ts';

const counted = (count: unknown, change = {}) => kubelet({ count, ...change });
const named = (uid: string) => ({
  metadata: { name: 'web.17a', namespace: 'shop', uid, resourceVersion: '900' },
});
const series = (count: unknown) =>
  scheduler({ series: { count, lastObservedTime: '2026-05-01T10:09:00.000001Z' } });

export const countCases: readonly Case[] = [
  {
    name: 'a first event without a count has occurred once',
    event: schedulerEvent,
    entry: { metadata: { count: '1', occurrences: '1', baseline: '' } },
  },
  {
    name: 'a count that rose by one',
    before: [counted(4)],
    event: counted(5),
    entry: { metadata: { count: '5', occurrences: '1' } },
  },
  {
    name: 'a series begins',
    before: [schedulerEvent],
    event: series(14),
    entry: { metadata: { count: '14', occurrences: '13' } },
  },
  {
    name: 'a series goes on',
    before: [schedulerEvent, series(14)],
    event: series(15),
    entry: { metadata: { count: '15', occurrences: '1' } },
  },
  {
    name: 'a change that is no occurrence',
    before: [kubeletEvent],
    event: kubelet({ message: 'changed' }),
    entry: { metadata: { count: '5', occurrences: '0' } },
  },
  {
    name: 'a count that was reset: all of it is new',
    before: [counted(9)],
    event: counted(2),
    entry: { metadata: { count: '2', occurrences: '2' } },
  },
  {
    name: 'a reset to one',
    before: [counted(9)],
    event: counted(1),
    entry: { metadata: { count: '1', occurrences: '1' } },
  },
  {
    name: 'a series that ends: the count is the old one again',
    before: [schedulerEvent, series(14)],
    event: schedulerEvent,
    entry: { metadata: { count: '1', occurrences: '1' } },
  },
  {
    name: 'a name that is used again by another event',
    before: [counted(7, named('e-1'))],
    event: counted(3, named('e-9')),
    entry: { metadata: { count: '3', occurrences: '3', event_uid: 'e-9' } },
  },
  {
    name: 'another event of the same object does not count',
    before: [schedulerEvent],
    event: kubeletEvent,
    entry: { metadata: { occurrences: '5' } },
  },
  {
    name: 'an event without a uid is told by its name',
    before: [counted(2, named(''))],
    event: counted(3, named('')),
    entry: { metadata: { occurrences: '1', event_uid: '' } },
  },
  {
    name: 'two events without a uid are two',
    before: [counted(2, { metadata: { name: 'other', namespace: 'shop', uid: '' } })],
    event: counted(3, named('')),
    entry: { metadata: { occurrences: '3' } },
  },
  {
    name: 'a history that nobody saw',
    event: kubeletEvent,
    previous: 'unknown',
    entry: { metadata: { count: '5', occurrences: '5', baseline: 'unknown' } },
  },
  {
    name: 'a history that nobody saw has no past at one',
    event: counted(1),
    previous: 'unknown',
    entry: { metadata: { occurrences: '1', baseline: '' } },
  },
  {
    name: 'the series counts, whatever the old count says',
    event: kubelet({ count: 3, series: { count: 14, lastObservedTime: null } }),
    entry: { metadata: { count: '14' } },
  },
  {
    name: 'a series without a count leaves it to the old one',
    event: kubelet({ count: 3, series: {} }),
    entry: { metadata: { count: '3' } },
  },
  { name: 'a count of zero', event: counted(0), entry: { metadata: { count: '1', occurrences: '1' } } },
  { name: 'a count of null', event: counted(null), entry: { metadata: { count: '1' } } },
  { name: 'a count below zero', event: counted(-4), entry: { metadata: { count: '1' } } },
  { name: 'half a count', event: counted(2.5), entry: { metadata: { count: '1' } } },
  { name: 'a count in words', event: counted('7'), entry: { metadata: { count: '1' } } },
  { name: 'a count beyond every integer', event: counted(1e300), entry: { metadata: { count: '1' } } },
  {
    name: 'the largest count that the API has',
    event: counted(2147483647),
    previous: 2147483646,
    entry: { metadata: { count: '2147483647', occurrences: '1' } },
  },
];
