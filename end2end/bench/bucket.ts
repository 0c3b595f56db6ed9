// The embedded bucket as an S3 client of its own sees it: presigned addresses (Signature Version 4) with the bucket's own
// keys, for bytes that never pass the product.
import { createHash, createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Server } from '../fixtures/server';

const REGION = 'local';
const BUCKET = 'blobs';
const hmac = (key: string | Buffer, text: string): Buffer => createHmac('sha256', key).update(text).digest();
const escape = (text: string): string => encodeURIComponent(text).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);

export class Bucket {
  private readonly access: string;
  private readonly secret: string;

  constructor(private readonly server: Server) {
    const text = readFileSync(join(server.data, 'bucket-credentials'), 'utf8');
    const value = (name: string) => text.match(new RegExp(`^${name}=(.+)$`, 'm'))![1]!.trim();
    [this.access, this.secret] = [value('access_key'), value('secret_key')];
  }

  /** Settings of rclone for a remote called `bench:`; the bucket's objects are `bench:blobs/…`. */
  get rclone(): Record<string, string> {
    return {
      RCLONE_CONFIG: join(this.server.data, 'no-rclone.conf'), RCLONE_CONFIG_BENCH_TYPE: 's3', RCLONE_CONFIG_BENCH_PROVIDER: 'Other',
      RCLONE_CONFIG_BENCH_ENDPOINT: this.server.url, RCLONE_CONFIG_BENCH_REGION: REGION,
      RCLONE_CONFIG_BENCH_ACCESS_KEY_ID: this.access, RCLONE_CONFIG_BENCH_SECRET_ACCESS_KEY: this.secret, RCLONE_S3_NO_CHECK_BUCKET: 'true',
      RCLONE_S3_LIST_VERSION: '2',
    };
  }

  sign(method: string, key: string, query: Record<string, string> = {}): string {
    const { host, origin } = new URL(this.server.url);
    const now = new Date().toISOString().replace(/[-:]|\.\d+/g, '');
    const scope = `${now.slice(0, 8)}/${REGION}/s3/aws4_request`;
    const all: Record<string, string> = {
      ...query, 'X-Amz-Algorithm': 'AWS4-HMAC-SHA256', 'X-Amz-Credential': `${this.access}/${scope}`, 'X-Amz-Date': now,
      'X-Amz-Expires': '3600', 'X-Amz-SignedHeaders': 'host',
    };
    const path = key === '' ? `/${BUCKET}` : `/${BUCKET}/${key}`;
    const search = Object.keys(all).sort().map((name) => `${escape(name)}=${escape(all[name]!)}`).join('&');
    const canonical = [method, path, search, `host:${host}`, '', 'host', 'UNSIGNED-PAYLOAD'].join('\n');
    const toSign = ['AWS4-HMAC-SHA256', now, scope, createHash('sha256').update(canonical).digest('hex')].join('\n');
    const signing = [now.slice(0, 8), REGION, 's3', 'aws4_request'].reduce<Buffer | string>((made, text) => hmac(made, text), `AWS4${this.secret}`);
    return `${origin}${path}?${search}&X-Amz-Signature=${hmac(signing, toSign).toString('hex')}`;
  }

  private async call(method: string, key: string, query: Record<string, string> = {}, body?: Buffer): Promise<string> {
    const response = await fetch(this.sign(method, key, query), { method, body: body as BodyInit | undefined });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${key}: ${response.status} ${text}`);
    return text;
  }

  /** A multipart upload that a page can fill: addresses of its parts and of its end. */
  async begin(key: string, parts: number): Promise<{ urls: string[]; end: string; abort: () => Promise<void> }> {
    const uploadId = (await this.call('POST', key, { uploads: '' })).match(/<UploadId>(.+?)<\/UploadId>/)![1]!;
    const urls = Array.from({ length: parts }, (_, at) => this.sign('PUT', key, { partNumber: String(at + 1), uploadId }));
    return { urls, end: this.sign('POST', key, { uploadId }), abort: async () => { await this.call('DELETE', key, { uploadId }); } };
  }

  async put(key: string, body: Buffer): Promise<void> {
    await this.call('PUT', key, {}, body);
  }

  async remove(key: string): Promise<void> {
    await this.call('DELETE', key);
  }

  /** Keys and lengths of all objects. */
  async list(): Promise<{ key: string; len: number }[]> {
    const text = await this.call('GET', '', { 'list-type': '2' });
    return [...text.matchAll(/<Contents>.*?<\/Contents>/gs)].map(([one]) => ({
      key: one.match(/<Key>(.+?)<\/Key>/)![1]!, len: Number(one.match(/<Size>(\d+)<\/Size>/)![1]),
    }));
  }
}
