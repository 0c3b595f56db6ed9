// The built site with the bench's own pages beside it, below /bench/: the same server, the same origin, the same policy.
import { cpSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Folder } from '../fixtures/folder';
import { root, site } from '../fixtures/paths';
import { Server } from '../fixtures/server';

/** What scripts/bench.sh built of crates/browser/examples/measure.rs. */
export const measured = join(root, 'target/bench/measure');

export async function startServer(folder: Folder): Promise<Server> {
  const both = folder.join('site');
  if (!existsSync(both)) {
    cpSync(site, both, { recursive: true, preserveTimestamps: true });
    cpSync(join(__dirname, 'page'), join(both, 'bench'), { recursive: true });
    if (existsSync(measured)) cpSync(measured, join(both, 'bench/measure'), { recursive: true });
  }
  return Server.start({ env: { SEALDROP_SITE: both, SEALDROP_RATE_LIMITS: 'off' }, log: 'warn' });
}

export const portOf = (server: Server): number => Number(new URL(server.url).port);
