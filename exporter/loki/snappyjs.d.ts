declare module 'snappyjs' {
  /** Compresses into the snappy block format (no framing), which Loki's push API takes. */
  export function compress(input: Uint8Array): Uint8Array;
  /** Reverses {@link compress}. */
  export function uncompress(input: Uint8Array, maxLength?: number): Uint8Array;
}
