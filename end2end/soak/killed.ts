// A gigabyte from the command line, killed with -9 at 60 %, and with the server killed instead: only what was under way is
// sent again. (Chromium's share is specs/resume.spec.ts, which soak.config.ts runs with the same size.)
import { join } from 'node:path';
import { Child } from '../fixtures/child';
import { Cli } from '../fixtures/cli';
import { type Folder, sha256 } from '../fixtures/folder';
import { MIB, PART, parts, sentAgain, untilStored } from '../fixtures/parts';
import { bareEnv, cliBinary } from '../fixtures/paths';
import { type Server } from '../fixtures/server';
import { expect, figure, test } from '../fixtures/test';

const LARGE = Number(process.env.SEALDROP_RESUME_MIB) * MIB;
const MOST = Math.floor((LARGE / PART) * 0.6);
/** Parts that are on their way at once, at most. */
const UNDER_WAY = 5;

async function begun(server: Server, cli: Cli, folder: Folder) {
  const file = await folder.random('large.bin', LARGE);
  const child = new Child('sealdrop', cliBinary, ['send', file.path], {
    cwd: folder.path, env: bareEnv({ SEALDROP_SERVER: server.url, SEALDROP_STATE: cli.state }),
  });
  await untilStored(server, MOST);
  return { file, child };
}

test('the command line killed at 60 %: the same command sends only what is missing', async ({ startServer, folder }, info) => {
  const server = await startServer();
  const cli = new Cli(server.url, folder.sub('state'));
  const { file, child } = await begun(server, cli, folder);
  child.killNow();
  await child.ended;
  const before = parts(server);
  const sent = await cli.send([file.path]);
  const twice = sentAgain(server, before);
  figure(info, `command line killed: ${before.size} of ${Math.ceil(LARGE / PART)} parts were stored, ${twice} of them were sent again`);
  expect(before.size).toBeGreaterThanOrEqual(MOST);
  expect(twice).toBeLessThanOrEqual(UNDER_WAY);
  const got = folder.sub('got');
  await cli.receive(sent.url, got);
  expect(await sha256(join(got, 'large.bin'))).toBe(file.sha256);
});

test('the server killed at 60 %: the command line goes on by itself', async ({ startServer, folder }, info) => {
  const server = await startServer();
  const cli = new Cli(server.url, folder.sub('state'));
  const { file, child } = await begun(server, cli, folder);
  await server.halt('SIGKILL');
  const before = parts(server);
  await server.startAgain();
  expect(await child.ended, child.tail()).toBe(0);
  const twice = sentAgain(server, before);
  figure(info, `server killed, command line: ${before.size} of ${Math.ceil(LARGE / PART)} parts were stored, ${twice} of them were sent again`);
  expect(twice).toBeLessThanOrEqual(UNDER_WAY);
  const link = child.lines.find((line) => line.includes('/d/'))!;
  const got = folder.sub('got');
  await cli.receive(link.trim(), got);
  expect(await sha256(join(got, 'large.bin'))).toBe(file.sha256);
});
