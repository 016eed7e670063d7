import { arrival, type Case, kubelet, scheduler } from './case.ts';

const noTimes = { firstTimestamp: null, lastTimestamp: null, eventTime: null, series: undefined };
const meta = (creationTimestamp: unknown) => ({
  metadata: { namespace: 'shop', uid: 'e-1', resourceVersion: '812', creationTimestamp },
});

/** The last occurrence of an event that has a creation time besides. */
const last = (lastTimestamp: unknown) =>
  kubelet({ ...noTimes, lastTimestamp, ...meta('2026-05-01T09:00:00Z') });

const fallback = { time: '2026-05-01T09:00:00.000000000Z' };

export const timeCases: readonly Case[] = [
  {
    name: 'a series is as new as its last heartbeat',
    event: scheduler({ series: { count: 14, lastObservedTime: '2026-05-01T10:09:00.000001Z' } }),
    entry: {
      time: '2026-05-01T10:09:00.000001000Z',
      metadata: { first_seen: '2026-05-01T10:00:01.234567Z' },
    },
  },
  {
    name: 'a series without a time leaves it to the event',
    event: scheduler({ series: { count: 14, lastObservedTime: null } }),
    entry: { time: '2026-05-01T10:00:01.234567000Z' },
  },
  {
    name: 'both generations of times: the series is the newest',
    event: kubelet({
      eventTime: '2026-05-01T10:01:00.000000Z',
      series: { count: 6, lastObservedTime: '2026-05-01T10:06:00.500000Z' },
    }),
    entry: { time: '2026-05-01T10:06:00.500000000Z' },
  },
  {
    name: 'only a first time',
    event: kubelet({ ...noTimes, firstTimestamp: '2026-05-01T10:00:00Z' }),
    entry: { time: '2026-05-01T10:00:00.000000000Z', metadata: { first_seen: '2026-05-01T10:00:00Z' } },
  },
  {
    name: 'only a time of creation',
    event: kubelet({ ...noTimes, ...meta('2026-05-01T09:00:00Z') }),
    entry: { ...fallback, metadata: { first_seen: '2026-05-01T09:00:00Z' } },
  },
  {
    name: 'all times are null',
    event: kubelet({ ...noTimes, ...meta(null) }),
    entry: { time: arrival, metadata: { first_seen: '', event_time: '' } },
  },
  {
    name: "Go's zero time is no time",
    event: kubelet({ ...noTimes, firstTimestamp: '0001-01-01T00:00:00Z', ...meta('2026-05-01T09:00:00Z') }),
    entry: { ...fallback, metadata: { first_seen: '2026-05-01T09:00:00Z' } },
  },
  {
    name: 'nanoseconds',
    event: last('2026-05-01T10:00:00.123456789Z'),
    entry: { time: '2026-05-01T10:00:00.123456789Z' },
  },
  {
    name: 'digits below the nanosecond are let go',
    event: last('2026-05-01T10:00:00.1234567899Z'),
    entry: { time: '2026-05-01T10:00:00.123456789Z' },
  },
  {
    name: 'an offset to the east',
    event: last('2026-05-01T15:30:00.5+05:30'),
    entry: { time: '2026-05-01T10:00:00.500000000Z' },
  },
  {
    name: 'an offset to the west, over midnight',
    event: last('2026-04-30T23:00:00-11:00'),
    entry: { time: '2026-05-01T10:00:00.000000000Z' },
  },
  {
    name: 'small t and z',
    event: last('2026-05-01t10:00:00z'),
    entry: { time: '2026-05-01T10:00:00.000000000Z' },
  },
  {
    name: 'a leap second is the second after it',
    event: last('2016-12-31T23:59:60Z'),
    entry: { time: '2017-01-01T00:00:00.000000000Z' },
  },
  {
    name: 'a leap second, told at an offset',
    event: last('2017-01-01T08:59:60.25+09:00'),
    entry: { time: '2017-01-01T00:00:00.250000000Z' },
  },
  { name: 'a sixtieth second at no midnight', event: last('2026-05-01T10:00:60Z'), entry: fallback },
  {
    name: '29 February',
    event: last('2024-02-29T12:00:00Z'),
    entry: { time: '2024-02-29T12:00:00.000000000Z' },
  },
  { name: '29 February of a year without one', event: last('2026-02-29T12:00:00Z'), entry: fallback },
  { name: '29 February 1900, which there was not', event: last('1900-02-29T12:00:00Z'), entry: fallback },
  { name: '30 February', event: last('2026-02-30T12:00:00Z'), entry: fallback },
  { name: '31 April', event: last('2026-04-31T12:00:00Z'), entry: fallback },
  { name: 'the thirteenth month', event: last('2026-13-01T12:00:00Z'), entry: fallback },
  { name: 'the hour 24', event: last('2026-04-30T24:00:00Z'), entry: fallback },
  { name: 'a date without a time', event: last('2026-05-01'), entry: fallback },
  { name: 'a time without a zone', event: last('2026-05-01T10:00:00'), entry: fallback },
  { name: 'a time with a space before it', event: last(' 2026-05-01T10:00:00Z'), entry: fallback },
  { name: 'words', event: last('yesterday'), entry: fallback },
  { name: 'seconds since 1970, as a number', event: last(1777629600), entry: fallback },
  {
    name: 'before 1970, with nanoseconds',
    event: last('1969-12-31T23:59:59.999999Z'),
    entry: { time: '1969-12-31T23:59:59.999999000Z', metadata: { event_time: '' } },
  },
  {
    name: 'the year 50 is not 1950',
    event: last('0050-01-01T00:00:00Z'),
    entry: {
      time: '1677-09-21T00:12:43.145224192Z',
      metadata: { event_time: '0050-01-01T00:00:00.000000000Z' },
    },
  },
  {
    name: 'the last nanosecond that 64 bits hold',
    event: last('2262-04-11T23:47:16.854775807Z'),
    entry: { time: '2262-04-11T23:47:16.854775807Z', metadata: { event_time: '' } },
  },
  {
    name: 'one nanosecond later: the nearest that Loki can tell, and the true time besides',
    event: last('2262-04-11T23:47:16.854775808Z'),
    entry: {
      time: '2262-04-11T23:47:16.854775807Z',
      metadata: { event_time: '2262-04-11T23:47:16.854775808Z' },
    },
  },
  {
    name: 'the year 2610, which wraps round to this one in 64 bits',
    event: last('2610-11-20T10:00:00Z'),
    entry: {
      time: '2262-04-11T23:47:16.854775807Z',
      metadata: { event_time: '2610-11-20T10:00:00.000000000Z' },
    },
  },
  {
    name: 'the last second of the year 9999',
    event: last('9999-12-31T23:59:59Z'),
    entry: { metadata: { event_time: '9999-12-31T23:59:59.000000000Z' } },
  },
];
