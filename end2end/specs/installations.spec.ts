// Whose bucket it is, asked of an S3 that we did not write.
import { spawnSync } from 'node:child_process';
import { bareEnv, serverBinary } from '../fixtures/paths';
import { SeaweedFs } from '../fixtures/seaweedfs';
import { expect, test } from '../fixtures/test';

test('N17 a bucket of SeaweedFS has one installation, until another takes it over', async ({ startServer, folder }) => {
  const s3 = await SeaweedFs.start();
  try {
    const env = {
      S3_ENDPOINT: s3.url, S3_REGION: s3.region, S3_BUCKET: s3.bucket, S3_ACCESS_KEY_ID: s3.accessKey, S3_SECRET_ACCESS_KEY: s3.secretKey,
    };
    const first = await startServer({ env });
    expect(first.lines.join('\n')).not.toContain('keeps no mark');
    await first.halt();
    await first.startAgain();
    const other = (command: string) => spawnSync(serverBinary, [command], {
      cwd: folder.path, encoding: 'utf8', env: bareEnv({ SEALDROP_ADDR: '127.0.0.1:0', SEALDROP_DATA: folder.sub('other'), ...env }) as NodeJS.ProcessEnv,
    });
    const refused = other('migrate');
    expect(refused.status).toBe(1);
    expect(refused.stderr).toContain('sealdrop-server take-bucket');
    expect(other('take-bucket').status).toBe(0);
    expect(other('migrate').status).toBe(0);
  } finally {
    await s3.stop();
  }
});
