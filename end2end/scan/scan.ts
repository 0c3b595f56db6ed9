// Looks for secrets in everything that left a client: bytes with the name of the channel they came through.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { filesUnder } from '../fixtures/folder';
import type { Exchange } from '../fixtures/tap';
import { patterns } from './encodings';

export interface Marker {
  name: string;
  bytes: Buffer;
}

export interface Haystack {
  channel: string;
  where: string;
  bytes: Buffer;
}

export interface Hit {
  channel: string;
  where: string;
  marker: string;
  encoding: string;
  offset: number;
}

export interface Scanned {
  hits: Hit[];
  searches: number;
  bytes: number;
}

export function scan(haystacks: Iterable<Haystack>, markers: Marker[]): Scanned {
  const wanted = markers.flatMap((marker) => patterns(marker.bytes).map((pattern) => ({ marker: marker.name, ...pattern })));
  const result: Scanned = { hits: [], searches: 0, bytes: 0 };
  for (const { channel, where, bytes } of haystacks) {
    result.bytes += bytes.length;
    for (const { marker, encoding, bytes: needle } of wanted) {
      result.searches += 1;
      const offset = bytes.indexOf(needle);
      if (offset >= 0) result.hits.push({ channel, where, marker, encoding, offset });
    }
  }
  return result;
}

export const text = (value: string): Buffer => Buffer.from(value, 'utf8');

/** Every file of a folder, and its names too. */
export function* folderHaystacks(channel: string, folder: string): Generator<Haystack> {
  for (const name of filesUnder(folder)) {
    yield { channel, where: `name of ${name}`, bytes: text(name) };
    yield { channel, where: name, bytes: readFileSync(join(folder, name)) };
  }
}

/** What passed on the wire: address, headers and body apart, in both directions. */
export function* exchangeHaystacks(exchanges: Exchange[]): Generator<Haystack> {
  for (const one of exchanges) {
    const where = `${one.method} ${one.url.split('?')[0]}`;
    yield { channel: 'request address', where, bytes: text(one.url) };
    yield { channel: 'request headers', where, bytes: text(one.requestHeaders.join('\n')) };
    yield { channel: 'request body', where, bytes: one.requestBody };
    yield { channel: 'response headers', where, bytes: text(one.responseHeaders.join('\n')) };
    yield { channel: 'response body', where, bytes: one.responseBody };
  }
}
