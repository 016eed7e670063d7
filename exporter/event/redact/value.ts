/** An object's name, a host or an image: lower case with dashes, dots and slashes. */
const objectName = /^[a-z0-9]+(?:[-./][a-z0-9]+)+$/;
const uuid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
/** `kubeadm join --token`. */
const bootstrapToken = /^[a-z0-9]{6}\.[a-z0-9]{16}$/;

/**
 * Whether a text is more likely a secret than a word, an object's name, a path or a digest. Only its first 128
 * characters are looked at.
 */
export function looksRandom(text: string): boolean {
  const value = text.length > 128 ? text.slice(0, 128) : text;
  if (value.length < 8 || !/[A-Za-z]/.test(value)) return false;
  if (uuid.test(value) || bootstrapToken.test(value)) return true;
  if (!/\d/.test(value)) return value.length >= 24 && /[a-z]/.test(value) && /[A-Z]/.test(value);
  return !objectName.test(value) && !/^(?:[./]|sha\d{3}:)|:\/\//.test(value);
}

/** What stands where a value would, and is none: nothing, a switch, or a reference to where the value is. */
export function isPlaceholder(value: string): boolean {
  return (
    /^(?:true|false|null|nil|none|undefined|empty|<[a-z ]{1,20}>|\*+)$/i.test(value) ||
    /^\$(?:\w{1,64}|\(\w{1,64}\)|\{\w{1,64}\})$/.test(value)
  );
}

/** Words that follow `password:` in an error, not in a listing. */
const errorWord =
  /^(?:access|authentication|authorization|cannot|connection|context|denied|dial|empty|eof|error|expected|expired|failed|forbidden|incorrect|invalid|is|missing|not|no|open|permission|read|required|rpc|secrets?|timeout|unauthorized|unknown|unable|unexpected|wrong)[.,:;!]?$/i;

/** Words that follow `--password` in a sentence about the flag. */
const flagWord =
  /^(?:and|are|argument|can|cannot|could|flag|flags|for|from|has|in|instead|is|must|may|not|option|options|or|parameter|requires|should|to|value|was|with)[.,:;!]?$/i;

/**
 * Whether a value without quotes is a word of a sentence.
 * @param after the text behind it, from its next character on
 */
export function isProse(value: string, after: string): boolean {
  if (!/^[A-Za-z]{1,32}[.,:;!]?$/.test(value)) return false;
  if (errorWord.test(value)) return true;
  // In a listing what comes next is the next key, or the end.
  return /^(?: (?![\w.-]{1,40}\s?[:=])\S|'[a-z])/.test(after);
}

export function isFlagProse(value: string): boolean {
  return value.startsWith('-') || flagWord.test(value);
}
