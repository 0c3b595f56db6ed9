// A bucket that keeps of every part its length and nothing else, but for the first bytes of an object, which the server looks
// at: what a sender costs can then be measured with more gigabytes than the disk has.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

interface Stored {
  parts: Map<number, { len: number; etag: string }>;
  head: Buffer;
  etag: string;
}

const HEAD = 128;
const xml = (name: string, inside: string): string => `<?xml version="1.0" encoding="UTF-8"?><${name} xmlns="http://s3.amazonaws.com/doc/2006-03-01/">${inside}</${name}>`;

export class DiscardingBucket {
  readonly env: Record<string, string>;
  received = 0;
  private readonly objects = new Map<string, Stored>();
  private next = 1;

  private constructor(private readonly server: Server) {
    const { port } = server.address() as AddressInfo;
    this.env = {
      S3_ENDPOINT: `http://127.0.0.1:${port}`, S3_REGION: 'us-east-1', S3_BUCKET: 'nothing',
      S3_ACCESS_KEY_ID: 'nobody', S3_SECRET_ACCESS_KEY: 'nothing',
    };
  }

  static async start(): Promise<DiscardingBucket> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const bucket = new DiscardingBucket(server);
    server.on('request', (request, response) => void bucket.answer(request, response));
    return bucket;
  }

  stop(): void {
    this.server.close();
    this.server.closeAllConnections();
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url!, 'http://bucket');
    const [key, query] = [url.pathname, url.searchParams];
    for (const [name, value] of Object.entries({ origin: '*', methods: 'PUT, GET, HEAD', headers: 'range, if-match', 'max-age': '3600' })) {
      response.setHeader(name === 'max-age' ? 'access-control-max-age' : `access-control-allow-${name}`, value);
    }
    response.setHeader('access-control-expose-headers', 'ETag');
    const part = Number(query.get('partNumber') ?? 0);
    let len = 0;
    let first = Buffer.alloc(0);
    for await (const chunk of request as AsyncIterable<Buffer>) {
      if (first.length < HEAD) first = Buffer.concat([first, chunk.subarray(0, HEAD)]).subarray(0, HEAD);
      len += chunk.length;
    }
    const object = this.objects.get(key);
    const end = (status: number, body: string | Buffer = ''): void => void response.writeHead(status).end(body);
    if (request.method === 'OPTIONS' || key.split('/').filter(Boolean).length < 2) return end(200, query.has('uploads') ? xml('ListMultipartUploadsResult', '') : '');
    if (request.method === 'POST' && query.has('uploads')) {
      this.objects.set(key, { parts: new Map(), head: Buffer.alloc(0), etag: '' });
      return end(200, xml('InitiateMultipartUploadResult', `<UploadId>upload</UploadId>`));
    }
    if (!object) return end(404, xml('Error', '<Code>NoSuchKey</Code>'));
    if (request.method === 'PUT') {
      const etag = `"${String(this.next++).padStart(32, '0')}"`;
      object.parts.set(part, { len, etag });
      if (part === 1) object.head = first;
      this.received += len;
      response.setHeader('etag', etag);
      return end(200);
    }
    if (request.method === 'POST') {
      object.etag = `"${'0'.repeat(32)}-${object.parts.size}"`;
      return end(200, xml('CompleteMultipartUploadResult', `<ETag>${object.etag}</ETag>`));
    }
    if (request.method === 'DELETE') {
      this.objects.delete(key);
      return end(204);
    }
    if (query.has('uploadId')) return end(200, this.list(object, Number(query.get('part-number-marker') ?? 0)));
    response.setHeader('etag', object.etag);
    if (request.method === 'HEAD') {
      response.setHeader('content-length', [...object.parts.values()].reduce((sum, one) => sum + one.len, 0));
      return end(200);
    }
    response.setHeader('content-range', `bytes 0-${HEAD - 1}/${HEAD}`);
    end(206, object.head);
  }

  private list(object: Stored, after: number): string {
    const rest = [...object.parts].filter(([n]) => n > after).sort(([a], [b]) => a - b);
    const page = rest.slice(0, 1000);
    const parts = page.map(([n, { len, etag }]) => `<Part><PartNumber>${n}</PartNumber><ETag>${etag}</ETag><Size>${len}</Size></Part>`);
    const more = rest.length > page.length;
    return xml('ListPartsResult', `<IsTruncated>${more}</IsTruncated>${more ? `<NextPartNumberMarker>${page.at(-1)![0]}</NextPartNumberMarker>` : ''}${parts.join('')}`);
  }
}
