const units = { h: 3600, m: 60, s: 1 } as const;

/** Seconds of a duration as Go writes it; undefined for what is none. */
export function parseDuration(text: string): number | undefined {
  if (!/^(?:\d+h)?(?:\d+m)?(?:\d+s)?$/.test(text) || text === '') return undefined;
  return [...text.matchAll(/(\d+)([hms])/g)].reduce((sum, [, amount, unit]) => {
    return sum + Number(amount) * units[unit as keyof typeof units];
  }, 0);
}
