import { type Found, isMarked, mark, type Rule } from './rule.ts';
import { looksRandom } from './value.ts';

const password = 'url-password';
const credentials = 'url-credentials';

/** Consumes its run whole, so that no character is read twice. */
const url = /:\/\/[^\s"'<>`]+/g;

/** Names and passwords in URLs: the user stays, the password goes, and so does a token in the user's place. */
export const urlRule: Rule = {
  names: [password, credentials],
  // Nearly every message with a URL is a probe's, without an @.
  mayMatch: text => text.includes('@') && text.includes('://'),
  redact(text, found) {
    return text.replace(url, run =>
      // One run can hold several, as in `http://proxy/https://user:password@host`.
      run
        .split('://')
        .map((part, index) => (index === 0 ? part : redactAuthority(part, found)))
        .join('://'),
    );
  },
};

/** @param part what follows `://` */
function redactAuthority(part: string, found: Found): string {
  if (isMarked(part)) return part;
  const end = userinfoEnd(part);
  if (end < 0) return part;
  const userinfo = part.slice(0, end);
  const rest = part.slice(end);
  // `docker-pullable://nginx:1.27@sha256:…`: an image, no user.
  if (/^@sha\d{3}:/.test(rest)) return part;
  const colon = userinfo.indexOf(':');
  const user = colon < 0 ? userinfo : userinfo.slice(0, colon);
  const secret = colon < 0 ? '' : userinfo.slice(colon + 1);
  if (isMarked(secret)) return part;
  // A token as the name, with nothing or a constant behind it, as git hosts take it.
  if (looksRandom(user) && (secret === '' || secret === 'x-oauth-basic')) {
    found(credentials);
    return mark(credentials) + rest;
  }
  if (secret === '') return part;
  found(password);
  return `${user}:${mark(password)}${rest}`;
}

/** Where the `@` behind the user and password stands; -1 where there are none. */
function userinfoEnd(part: string): number {
  const path = part.search(/[/?#]/);
  if (path < 0) return part.lastIndexOf('@');
  const end = part.lastIndexOf('@', path);
  if (end >= 0) return end;
  // A password with an unescaped `/` in it; a port is none.
  const authority = part.slice(0, path);
  return /^[^:[]*:(?!\d{0,5}$)/.test(authority) ? part.lastIndexOf('@') : -1;
}
