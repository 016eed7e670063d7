const alphabet = 'bcdfghjklmnpqrstvwxz2456789';

/** Five characters as a ReplicaSet gives them to its pods. */
export function suffix(index: number): string {
  let rest = index * 7_919 + 104_729;
  let text = '';
  for (let place = 0; place < 5; place += 1) {
    text += alphabet.charAt(rest % alphabet.length);
    rest = Math.floor(rest / alphabet.length);
  }
  return text;
}
