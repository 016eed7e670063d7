import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import fc from 'fast-check';
import type { CoreEvent } from '../wire.ts';
import { builtInNames, Redactor } from './redactor.ts';
import { seededSecrets } from './seeded-secrets.ts';

const redactor = new Redactor();
const seeds = seededSecrets();

test('no seeded secret is left, nor the middle of one, and what is left is marked', () => {
  assert.ok(seeds.length >= 40);
  for (const { name, text, secret } of seeds) {
    assert.ok(text.includes(secret), name);
    const redacted = redactor.redactText(text);
    assert.match(redacted, /\[redacted:[a-z-]+\]/, name);
    assert.ok(!redacted.includes(secret), `${name}: ${redacted}`);
    if (secret.length > 12) assert.ok(!redacted.includes(secret.slice(4, -4)), `${name}: ${redacted}`);
  }
});

test('the seeded secrets are the same every time', () => {
  assert.deepEqual(seededSecrets(), seeds);
  assert.equal(new Set(seeds.map(seed => seed.secret)).size, seeds.length);
});

test('wherever a secret stands between usual words it goes, and redacting twice changes nothing more', () => {
  const word = fc.constantFrom(
    'Back-off',
    'restarting',
    'failed',
    'container',
    'token',
    'password',
    'secret "db"',
    'key',
    'for',
    'volume:',
    'http://10.0.0.1:8080/healthz',
    'nginx@sha256:',
    '(x',
    'y)',
    'Bearer',
    'authorization',
    'a=b',
    '"q"',
    '--flag',
    '\n',
    '\u001b[31m',
    '\0',
    '\ud800',
    '[redacted:password]',
    '=',
    ',',
  );
  const words = fc.array(word, { maxLength: 8 }).map(list => list.join(' '));
  fc.assert(
    fc.property(
      words,
      fc.array(fc.tuple(fc.constantFrom(...seeds), words), { minLength: 1, maxLength: 3 }),
      (before, parts) => {
        const text = `${before} ${parts.map(([seed, after]) => `${seed.text} ${after}`).join(' ')}`;
        const redacted = redactor.redactText(text);
        for (const [seed] of parts) assert.ok(!redacted.includes(seed.secret), `${seed.name}: ${redacted}`);
        assert.equal(redactor.redactText(redacted), redacted);
      },
    ),
    { numRuns: 5000 },
  );
});

test('any text is redacted without a fault, the same the second time', () => {
  const piece = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 6 }),
    fc.constantFrom(
      'password',
      'token',
      'auth',
      '"',
      "'",
      '\\',
      '=',
      ': ',
      '--',
      '://',
      '@',
      'Bearer ',
      'eyJ',
      'x1Y2z3A4b5',
      '[',
      ']',
      '(',
      ')',
      ',',
      '\ud800',
    ),
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 30 }), pieces => {
      const once = redactor.redactText(pieces.join(''));
      assert.equal(redactor.redactText(once), once);
    }),
    { numRuns: 5000 },
  );
});

test('no recorded event is touched', () => {
  const file = new URL('../../../test/demo/scenario.ndjson', import.meta.url);
  const lines = readFileSync(file, 'utf8').trim().split('\n');
  assert.equal(lines.length, 1436);
  for (const line of lines) {
    const { object } = JSON.parse(line) as { object: CoreEvent };
    assert.equal(redactor.redact(object), object, object.message);
  }
});

const usual = [
  'Successfully pulled image "nginx@sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08" in 1.2s (1.2s including waiting). Image size: 72 bytes.',
  'Container image "docker-pullable://nginx:1.27@sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08" already present on machine',
  'Readiness probe failed: Get "http://10.244.0.7:8080/healthz?verbose=1": dial tcp 10.244.0.7:8080: connect: connection refused',
  'Liveness probe failed: HTTP probe failed with statuscode: 503',
  'MountVolume.SetUp failed for volume "db-password" : secret "db-password" not found',
  'MountVolume.SetUp failed for volume "certs" : failed to sync secret cache: timed out waiting for the condition',
  'MountVolume.SetUp failed for volume "kube-api-access-x7k2p" : token request: the server could not handle it',
  'MountVolume.SetUp failed for volume "kube-api-access-x7k2p" : failed to fetch token: serviceaccounts "default" not found',
  'MountVolume.SetUp failed for volume "token" : references non-existent secret key: password',
  "Error: couldn't find key password in Secret default/db-credentials",
  'Error: secret "api-token" not found',
  'Unable to retrieve some image pull secrets (regcred-2); attempting to pull the image may not succeed.',
  'Failed to pull image "r/x": pull access denied, repository does not exist or may require authorization: server message: insufficient_scope: authorization failed',
  'failed to authorize: failed to fetch anonymous token: unexpected status from GET request to https://auth.docker.io/token?scope=repository%3Ax%3Apull&service=registry.docker.io: 401 Unauthorized',
  'unauthorized: incorrect username or password: access denied',
  'www-authenticate: Bearer realm="https://auth.example.com/token",service="registry"',
  'serviceaccount token for default is not valid; use a bearer token, or basic authentication',
  'Issuing: secret: default/web-tls-2, private key regenerated',
  'flag --password is deprecated, use --token or --token-file /run/token',
  'exec: app --password-file=/run/p --token-ttl=1h secretName: web-7 imagePullSecrets=regcred',
  'clone of ssh://git@github.com/acme/app.git at node-a.18ea08135c45162c failed',
  'object 9433b339-574f-4662-a3d1-62cbd8887859 on ip-10-0-3-17.eu-west-1.compute.internal is gone',
  'password=<nil> token=null DB_PASSWORD=$(DB_PASSWORD) api_key=true',
  'PWD=/home/app cd failed',
];

test('usual messages pass as they are', () => {
  for (const message of usual) assert.equal(redactor.redactText(message), message);
});

test('what is around a secret stays', () => {
  const cases: readonly (readonly [string, string])[] = [
    ['open https://u:hunter2@h/p failed', 'open https://u:[redacted:url-password]@h/p failed'],
    ['(password=hunter2) x', '(password=[redacted:password]) x'],
    ['{"password":"hunter2","n":1}', '{"password":"[redacted:password]","n":1}'],
    ['user=a,token=b,host=c', 'user=a,token=[redacted:secret],host=c'],
    ['GET /x?token=abc&y=1', 'GET /x?token=[redacted:secret]&y=1'],
    ['run --password hunter2 now', 'run --password [redacted:password] now'],
    ['password: hunter host: db', 'password: [redacted:password] host: db'],
    ['PASSWORD= USER=bob', 'PASSWORD= USER=bob'],
  ];
  for (const [text, expected] of cases) assert.equal(redactor.redactText(text), expected);
});

test('every field with free text is redacted; namespaces and identity are not', () => {
  const secret = 'password=hunter2';
  const event: CoreEvent = {
    metadata: { name: secret, namespace: secret, uid: secret, resourceVersion: secret },
    involvedObject: { kind: secret, name: secret, namespace: secret, fieldPath: secret, uid: secret },
    related: { kind: secret, name: secret },
    message: secret,
    reason: secret,
    action: secret,
    type: secret,
    source: { component: secret, host: secret },
    reportingComponent: secret,
    reportingInstance: secret,
    count: 3,
  };
  const before = structuredClone(event);
  const marked = 'password=[redacted:password]';
  assert.deepEqual(redactor.redact(event), {
    metadata: before.metadata,
    involvedObject: { kind: marked, name: marked, namespace: secret, fieldPath: marked, uid: marked },
    related: { kind: marked, name: marked },
    message: marked,
    reason: marked,
    action: marked,
    type: marked,
    source: { component: marked, host: marked },
    reportingComponent: marked,
    reportingInstance: marked,
    count: 3,
  });
  assert.deepEqual(event, before);
});

test('matches are counted by name, and own patterns see the text first', () => {
  const counted: Record<string, number> = {};
  const own = new Redactor({
    patterns: [
      { name: 'customer', regex: '(?i)cust-\\d{4,}' },
      { name: 'word', regex: '[a-z]{5}x*' },
    ],
    found: name => {
      counted[name] = (counted[name] ?? 0) + 1;
    },
  });
  const once = own.redactText('\ud800 CUST-12345 and cust-99999: password=1 at');
  assert.equal(once, '\ud800 [redacted:customer] and [redacted:customer]: [redacted:word]ord=1 at');
  assert.equal(own.redactText(once), once);
  assert.deepEqual(counted, { customer: 2, word: 1 });
  assert.ok(builtInNames.includes('jwt'));
});

/*
 * A quadratic expression takes hours for one of these, so that it is the test's own end that proves them linear: no
 * time is asserted.
 */
test('1.4 MB of near-matches come to an end', () => {
  const near = [
    'a',
    '=',
    '"',
    '\\',
    '-',
    ' ',
    'eyJ',
    'password',
    'password=,',
    'password=)',
    'password="',
    'password=\\"',
    'password: a ',
    'token:',
    'token: x1',
    'token=1 ',
    '--a-',
    '--password ',
    '://',
    '://a:',
    '://a:@',
    '://a/',
    '-----BEGIN ',
    '-----BEGIN A PRIVATE KEY',
    'A-----END',
    'A=',
    '1Q~',
    'SG.a',
    'Bearer a',
    'authorization: ',
    '[redacted:',
    'password=[redacted:',
    'sig=',
    '\0',
    '\ud800',
  ];
  for (const part of near) {
    const redacted = redactor.redactText(
      `${part.repeat(Math.ceil(1_400_000 / part.length))} password=hunter2`,
    );
    assert.ok(!redacted.endsWith('hunter2'), part);
  }
});
