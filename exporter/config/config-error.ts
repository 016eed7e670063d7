/** Nobody reads more of them at once. */
export const maxFaults = 100;

/** In characters: room for all keys that a section accepts. */
const maxFaultLength = 1000;

/** Everything that is wrong with a configuration, in one message: a line for each fault, with its place. */
export class ConfigError extends Error {
  constructor(faults: readonly string[]) {
    const more = faults.length > maxFaults ? ['and more like these'] : [];
    super([...faults.slice(0, maxFaults).map(onOneLine), ...more].join('\n'));
    this.name = 'ConfigError';
  }
}

/** A fault can hold anything that the file does. */
function onOneLine(fault: string): string {
  const line = fault.replace(/[\p{Cc}\u2028\u2029]/gu, escaped);
  return line.length > maxFaultLength ? `${line.slice(0, maxFaultLength)}…` : line;
}

function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
