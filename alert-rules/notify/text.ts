/** What would break a line, or show its text in another order: control characters, and marks of writing direction. */
const unprintable = /[\p{Cc}\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]+/gu;

/** Nobody reads more of a text on a phone, and hostile ones are as long as they may be. */
const longest = 64 * 1024;

/** A text that comes from elsewhere, on one line. */
export function oneLine(text: string): string {
  return text.slice(0, longest).toWellFormed().replace(unprintable, ' ').replace(/ {2,}/g, ' ').trim();
}

/** The beginning of a text of at most so many characters, none of them cut in two; what is cut ends in `…`. */
export function cut(text: string, characters: number): string {
  if (text.length <= characters) return text;
  const kept = Array.from(text.slice(0, (characters + 1) * 2));
  return kept.length <= characters ? text : `${kept.slice(0, characters - 1).join('')}…`;
}

/** The beginning of a text that takes at most so many bytes of UTF-8, cut between two characters. */
export function cutBytes(text: string, bytes: number): string {
  if (Buffer.byteLength(text) <= bytes) return text;
  const mark = '…';
  let room = bytes - Buffer.byteLength(mark);
  let kept = '';
  for (const character of text) {
    room -= Buffer.byteLength(character);
    if (room < 0) break;
    kept += character;
  }
  return kept + mark;
}
