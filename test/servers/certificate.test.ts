import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { test } from 'node:test';
import { clientAuthority } from './certificate.ts';

test('a client certificate carries user and groups and is signed by its authority', async () => {
  const authority = await clientAuthority();
  const other = await clientAuthority();
  const issued = await authority.issue('exporter', ['readers', 'tests']);
  const root = new X509Certificate(authority.certificate);
  const client = new X509Certificate(issued.certificate);
  assert.equal(client.subject, 'O=readers\nO=tests\nCN=exporter');
  assert.deepEqual([root.ca, client.ca], [true, false]);
  assert.deepEqual(client.keyUsage, ['1.3.6.1.5.5.7.3.2']);
  assert.ok(client.checkIssued(root));
  assert.ok(client.verify(root.publicKey));
  assert.equal(client.verify(new X509Certificate(other.certificate).publicKey), false);
  assert.ok(Date.parse(client.validFrom) < Date.now() && Date.now() < Date.parse(client.validTo));
});
