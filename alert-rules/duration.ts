const units = { w: 604_800, d: 86_400, h: 3600, m: 60, s: 1 } as const;

/** Seconds of a duration as Loki and Prometheus write it, as in `1h30m`; undefined for what is none. */
export function secondsOf(text: string): number | undefined {
  if (!/^(?:\d+w)?(?:\d+d)?(?:\d+h)?(?:\d+m)?(?:\d+s)?$/.test(text) || text === '') return undefined;
  return [...text.matchAll(/(\d+)([wdhms])/g)].reduce((sum, [, amount, unit]) => {
    return sum + Number(amount) * units[unit as keyof typeof units];
  }, 0);
}
