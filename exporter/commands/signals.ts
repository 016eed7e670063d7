/**
 * Handles SIGTERM and SIGINT; a second one ends the process at once.
 * @param stop called on the first signal
 * @returns takes the handlers away again
 */
export function onSignals(stop: (signal: NodeJS.Signals) => void): () => void {
  let stopping = false;
  const numbers = { SIGINT: 2, SIGTERM: 15 } as const;
  const handler = (signal: NodeJS.Signals) => {
    if (stopping) process.exit(128 + numbers[signal as keyof typeof numbers]);
    stopping = true;
    stop(signal);
  };
  for (const signal of Object.keys(numbers)) process.on(signal, handler);
  return () => {
    for (const signal of Object.keys(numbers)) process.off(signal, handler);
  };
}
