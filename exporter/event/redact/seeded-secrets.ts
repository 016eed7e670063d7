/** A message as an event could carry it, and the part of it that must not get out. For tests only. */
export interface SeededSecret {
  readonly name: string;
  readonly text: string;
  readonly secret: string;
}

const lower = 'abcdefghijklmnopqrstuvwxyz';
const upper = lower.toUpperCase();
const digits = '0123456789';
const hex = '0123456789abcdef';
const alphanumeric = lower + upper + digits;
const base64url = `${alphanumeric}-_`;
const base64 = `${alphanumeric}+/`;

/**
 * Realistic event messages, each with one fake secret: the same ones every time. The secrets are put together here, so
 * that no scanner takes this file for a leak.
 */
export function seededSecrets(): SeededSecret[] {
  const random = generator(20_260_101);
  const pick = (alphabet: string, length: number) =>
    Array.from({ length }, () => alphabet[Math.floor(random() * alphabet.length)]).join('');
  // Always with a digit and both cases, as password generators see to.
  const password = () => `Zq7${pick(alphanumeric, 13)}`;
  const json = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const jwt = () =>
    [
      json({ alg: 'RS256', kid: pick(base64url, 20) }),
      json({ iss: 'kube', sub: pick(lower, 30) }),
      pick(base64url, 86),
    ].join('.');
  const pemLines = (count: number) => Array.from({ length: count }, () => pick(base64, 64));
  const pem = (kind: string, newline: string, body: readonly string[], end = true) =>
    [
      ['-----BEGIN', kind, 'PRIVATE KEY-----'].filter(Boolean).join(' '),
      ...body,
      ...(end ? [['-----END', kind, 'PRIVATE KEY-----'].filter(Boolean).join(' ')] : []),
    ].join(newline);
  const seeds: SeededSecret[] = [];
  const seed = (name: string, secret: string, text: (secret: string) => string) => {
    seeds.push({ name, secret, text: text(secret) });
  };
  const pemSeed = (name: string, kind: string, newline: string, end: boolean) => {
    const body = pemLines(4);
    seed(name, body.at(-1) ?? '', () => `Error: cannot load key: ${pem(kind, newline, body, end)}`);
  };

  seed(
    'bearer header',
    jwt(),
    s => `Readiness probe failed: curl -H "Authorization: Bearer ${s}" returned 401`,
  );
  seed('bearer opaque', pick(hex, 40), s => `hook failed: request with Bearer ${s} was refused`);
  seed(
    'bearer in Go headers',
    pick(base64url, 43),
    s => `dump: map[Accept:[*/*] Authorization:[Bearer ${s}] X:[y]]`,
  );
  seed(
    'bearer in JSON',
    pick(base64url, 43),
    s => `webhook body {"headers":{"Authorization":"Bearer ${s}"}} refused`,
  );
  seed(
    'basic header',
    Buffer.from(`svc:${password()}`).toString('base64'),
    s => `sent Authorization: Basic ${s}, got 401`,
  );
  seed(
    'url password',
    password(),
    s => `Failed to pull chart from https://deployer:${s}@charts.example.com/stable`,
  );
  seed(
    'url password with @',
    `${password()}@x`,
    s => `cannot open postgres://app:${s}@db:5432/orders?sslmode=disable`,
  );
  seed('url password with /', `${password()}/y`, s => `cannot open redis://:${s}@cache:6379/0`);
  seed('url password in a list', password(), s => `no brokers: amqp://a:b@mq-0,amqp://guest:${s}@mq-1:5672`);
  seed(
    'url behind a proxy',
    password(),
    s => `GET http://proxy:3128/https://bot:${s}@git.example.com failed`,
  );
  seed(
    'url token as user',
    `gh${'p_'}${pick(alphanumeric, 36)}`,
    s => `git clone https://${s}@github.com/acme/app failed`,
  );
  seed('url hex as user', pick(hex, 32), s => `cannot report to https://${s}@o1.ingest.example.io/42`);
  seed(
    'url token and constant',
    pick(hex, 40),
    s => `git fetch https://${s}:x-oauth-basic@github.com/acme/app: exit 128`,
  );
  seed('aws id and secret', pick(base64, 40), s => `credentials ${'AK'}IA${pick(upper, 16)}:${s} rejected`);
  seed(
    'aws id',
    `${'AK'}IA${pick(`${upper}234567`, 16)}`,
    s => `InvalidAccessKeyId: The key ${s} does not exist`,
  );
  seed('aws temporary id', `${'AS'}IA${pick(`${upper}234567`, 16)}`, s => `token for ${s} has expired`);
  seed('aws secret in env', pick(base64, 40), s => `env AWS_SECRET_ACCESS_KEY=${s} AWS_REGION=eu-west-1`);
  seed(
    'aws secret in JSON',
    pick(base64, 40),
    s => `assume role said {"SecretAccessKey": "${s}", "Expiration": "x"}`,
  );
  seed(
    'aws signed url',
    pick(hex, 64),
    s => `GET https://b.s3.example.com/k?X-Amz-Date=2026&X-Amz-Signature=${s}: 403`,
  );
  seed(
    'gcp api key',
    `${'AI'}za${pick(base64url, 35)}`,
    s => `geocode failed: https://maps.example.com/api?key=${s}`,
  );
  seed('gcp access token', `${'ya'}29.${pick(base64url, 80)}`, s => `metadata server gave ${s}, refused`);
  const gcp = pemLines(3);
  seed(
    'gcp service account',
    gcp[1] ?? '',
    () =>
      `bad key file ${JSON.stringify({ type: 'service_account', private_key: pem('', '\n', gcp), client_id: '1' })}`,
  );
  seed(
    'azure account key',
    `${pick(base64, 86)}==`,
    s => `DefaultEndpointsProtocol=https;AccountName=a;AccountKey=${s};x=y`,
  );
  seed(
    'azure account key alone',
    `${pick(base64, 86)}==`,
    s => `MountVolume.MountDevice failed: mount with ${s} refused`,
  );
  seed(
    'azure sas',
    `${pick(base64, 40)}%3D`,
    s => `PUT https://a.blob.example.net/c?sv=2024&sp=rw&sig=${s}&se=2026: 403`,
  );
  seed(
    'azure client secret',
    `abc8${'Q~'}${pick(alphanumeric, 34)}`,
    s => `AADSTS7000215: Invalid client ${s} provided`,
  );
  seed('github token', `gh${'s_'}${pick(alphanumeric, 36)}`, s => `runner could not register with ${s}`);
  seed(
    'github fine-grained',
    `github${'_pat_'}${pick(alphanumeric, 22)}_${pick(alphanumeric, 59)}`,
    s => `403 for ${s}`,
  );
  seed(
    'gitlab token',
    `gl${'pat-'}${pick(alphanumeric, 20)}`,
    s => `remote: HTTP Basic: Access denied for '${s}'`,
  );
  seed(
    'slack token',
    `xo${'xb-'}${pick(digits, 12)}-${pick(digits, 12)}-${pick(alphanumeric, 24)}`,
    s => `slack: ${s}: revoked`,
  );
  seed(
    'slack hook',
    `T${pick(upper, 8)}/B${pick(upper, 8)}/${pick(alphanumeric, 24)}`,
    s => `PostStartHook failed: POST https://hooks.slack${'.com/services/'}${s} 404`,
  );
  seed(
    'npm token',
    `np${'m_'}${pick(alphanumeric, 36)}`,
    s => `npm error 401 with //registry.example.com/:${s}`,
  );
  seed('stripe key', `sk${'_live_'}${pick(alphanumeric, 24)}`, s => `Invalid API Key provided: ${s}`);
  seed(
    'sendgrid key',
    `S${'G.'}${pick(base64url, 22)}.${pick(base64url, 43)}`,
    s => `mail: ${s} unauthorized`,
  );
  seed('vault token', `hv${'s.'}${pick(alphanumeric, 90)}`, s => `vault login ${s}: permission denied`);
  seed('docker hub token', `dckr${'_pat_'}${pick(base64url, 27)}`, s => `login as acme with ${s} failed`);
  pemSeed('pem', 'RSA', '\n', true);
  pemSeed('pem with escaped newlines', '', '\\n', true);
  pemSeed('pem with CRLF', 'EC', '\r\n', true);
  pemSeed('pem cut at its end', 'OPENSSH', '\n', false);
  pemSeed('pem cut, escaped', 'ENCRYPTED', '\\n', false);
  const tail = pemLines(3);
  seed(
    'pem cut at its start',
    tail[2] ?? '',
    () => `...${tail.join('\n')}\n${'-----END'} RSA PRIVATE KEY-----`,
  );
  seed('jwt', jwt(), s => `serviceaccount token ${s} is not valid for audience vault`);
  seed('jwt cut', json({ alg: 'ES256', typ: 'JWT', kid: pick(base64url, 30) }), s => `could not parse ${s}`);
  seed(
    'docker config',
    Buffer.from(`robot:${pick(lower, 12)}`).toString('base64'),
    s => `Failed to parse pull secret {"auths":{"r.example.com":{"auth":"${s}","email":"a@example.com"}}}`,
  );
  seed(
    'docker config, escaped',
    Buffer.from(`robot:${pick(lower, 12)}`).toString('base64'),
    s => `exec: "{\\"auths\\":{\\"r.example.com\\":{\\"auth\\":\\"${s}\\"}}}": no such file`,
  );
  seed('password=', password(), s => `Liveness probe failed: mysql -u root password=${s} host=db`);
  seed('DB_PASSWORD=', `${password()},;&!`, s => `exec failed with env DB_PASSWORD=${s}9 DB_USER=app`);
  seed('password in a key list', password(), s => `dsn user=app,password=${s},host=db`);
  seed('passwd:', password(), s => `chpasswd: passwd: ${s} rejected`);
  seed('password: in lower case', pick(lower, 10), s => `user: app\npassword: ${s}\nhost: db`);
  seed('secret=', password(), s => `client_id=web client_secret=${s} grant=code`);
  seed('token=', pick(alphanumeric, 24), s => `GET /v1/hook?token=${s}&retry=1 returned 500`);
  seed('api_key:', pick(hex, 32), s => `config api_key: ${s} is unknown`);
  seed('x-api-key header', pick(hex, 32), s => `curl -H 'X-API-Key: ${s}' https://api.example.com`);
  seed(
    'JSON password',
    `${password()}\\"${password()} end`,
    s => `bad values {"user":"a","password": "${s}","port":1}`,
  );
  seed('JSON in JSON', password(), s => `Error: {\\"db\\":{\\"password\\":\\"${s}\\",\\"port\\":1}}`);
  seed('JSON number', pick('123456789', 9), s => `bad values {"pin":1,"password":${s},"port":1}`);
  seed('single quotes', `${password()} and more`, s => `{'user': 'a', 'password': '${s}'}`);
  seed(
    'query password',
    password(),
    s => `GET http://10.0.0.7:8080/login?user=a&password=${s}&next=/ HTTP/1.1`,
  );
  seed('flag --password', password(), s => `Back-off restarting: args [mysqldump --password ${s} orders]`);
  seed('flag --password=', password(), s => `exec: mysqldump --password=${s} orders: exit status 2`);
  seed(
    'flag --token',
    `${pick(lower, 6)}.${pick(lower + digits, 16)}`,
    s => `kubeadm join 10.0.0.1:6443 --token ${s} failed`,
  );
  seed('flag --api-key quoted', `${password()} ${password()}`, s => `exec: agent --api-key "${s}" --verbose`);
  return seeds;
}

/** Mulberry32: numbers from 0 to 1, the same for the same seed. */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
