import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { bundle, bundleFiles } from '../../deploy/bundle/bundle.ts';
import { type TemporaryFolder, temporaryFolder } from '../servers/warden.ts';
import { dockerfile, only, readDockerfile, stagesOf } from './dockerfile.ts';
import { lint, skipWithoutHadolint } from './hadolint.ts';

const repository = fileURLToPath(new URL('../..', import.meta.url));
const run = promisify(execFile);

const skip = await skipWithoutHadolint();

describe('the Dockerfile', () => {
  const instructions = readDockerfile();
  const stages = stagesOf(instructions);
  const last = stages.at(-1) ?? [];
  let folder: TemporaryFolder;

  before(() => {
    folder = temporaryFolder('dockerfile');
  });

  after(() => folder?.remove());

  test('hadolint has nothing to say', { skip }, async () => {
    assert.deepEqual(await lint(fileURLToPath(dockerfile)), []);
  });

  test('hadolint would say so', { skip }, async () => {
    const bad = join(folder.path, 'Dockerfile');
    await writeFile(bad, 'FROM node\nRUN cd /src && sudo npm ci\nCMD node main.js\n');
    const codes = (await lint(bad)).map(({ code }) => code);
    for (const code of ['DL3006', 'DL3004', 'DL3025']) assert.ok(codes.includes(code), codes.join());
  });

  test('is built on the Node that the tests run on, by its exact version', () => {
    const [global] = instructions;
    assert.equal(global?.name, 'ARG');
    const pinned = /^NODE_IMAGE=node:(\d+\.\d+\.\d+)-\w+-slim(?:@sha256:[0-9a-f]{64})?$/;
    const [, nodeVersion] = pinned.exec(global.args) ?? [];
    assert.equal(`v${nodeVersion}`, process.version);
  });

  test('its last stage has no shell, no root, nothing to write to', () => {
    assert.equal(only(last, 'FROM'), 'scratch');
    assert.match(only(last, 'USER'), /^[1-9]\d*:[1-9]\d*$/);
    assert.deepEqual(JSON.parse(only(last, 'ENTRYPOINT')), ['/nodejs/node', `/app/${bundleFiles.program}`]);
    assert.deepEqual(JSON.parse(only(last, 'CMD')), ['run']);
    assert.equal(only(last, 'EXPOSE'), '9402 9403');
    const names = new Set(last.map(({ name }) => name));
    for (const name of ['RUN', 'HEALTHCHECK', 'VOLUME', 'ADD', 'SHELL']) assert.ok(!names.has(name), name);
  });

  test('the image names itself', () => {
    for (const name of ['title', 'description', 'source', 'licenses', 'version', 'revision', 'created']) {
      assert.ok(only(last, 'LABEL').includes(`org.opencontainers.image.${name}="`), name);
    }
  });

  test('only what is built on the builder itself runs there; the rest is of the target', () => {
    assert.deepEqual(
      stages.map(stage => only(stage, 'FROM').replaceAll(/[{}]/g, '')),
      ['--platform=$BUILDPLATFORM $NODE_IMAGE AS build', '$NODE_IMAGE AS root', 'scratch'],
    );
  });

  test('its build stage makes the bundle of what the context has, and the same bytes', async () => {
    const context = join(folder.path, 'context');
    await mkdir(context);
    const patterns = (await readFile(new URL('Dockerfile.dockerignore', dockerfile), 'utf8'))
      .split('\n')
      .filter(line => line && !line.startsWith('#'));
    assert.equal(patterns[0], '*');
    const out = patterns.filter(pattern => pattern.startsWith('**/'));
    for (const pattern of patterns.filter(pattern => pattern.startsWith('!'))) {
      const path = pattern.slice(1);
      await cp(join(repository, path), join(context, path), {
        recursive: true,
        filter: source => !out.some(ignored => matchesAnywhere(ignored, source)),
      });
    }
    const [build = []] = stages;
    const commands = build.filter(({ name }) => name === 'RUN').map(({ args }) => args);
    assert.deepEqual(commands, ['npm ci --ignore-scripts', '["node", "deploy/bundle/main.ts"]']);
    // What npm ci would install there, without asking the registry for it again; links where that is one file system.
    const link = 'cp -al "$1" "$2" 2>/dev/null || cp -a "$1" "$2"';
    await run('sh', ['-c', link, 'sh', join(repository, 'node_modules'), context]);
    await run(process.execPath, ['deploy/bundle/main.ts'], { cwd: context });
    const own = join(folder.path, 'dist');
    await bundle(own);
    for (const name of Object.values(bundleFiles)) {
      const [built, expected] = [
        await readFile(join(context, 'dist', name)),
        await readFile(join(own, name)),
      ];
      assert.ok(built.equals(expected), name);
    }
    await rm(context, { recursive: true });
  });
});

/** Whether `**` + `/name` or `**` + `/*.ending` takes a path. */
function matchesAnywhere(pattern: string, path: string): boolean {
  const name = pattern.slice('**/'.length);
  return name.startsWith('*') ? path.endsWith(name.slice(1)) : path.split('/').includes(name);
}
