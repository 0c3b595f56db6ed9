// The scanner itself: a canary test is worth what its eyes are worth.
import { expect, test } from '@playwright/test';
import { patterns } from './encodings';
import { scan, type Marker } from './scan';

const marker: Marker = { name: 'canary', bytes: Buffer.from('Kanarienvögel & "Canary"/7f3a9c') };
const secret: Marker = { name: 'key', bytes: Buffer.from('ff00fe01fd02fc03fb04fa05f906f807', 'hex') };
const plain = marker.bytes.toString();

const find = (bytes: Buffer | string, what = marker) => scan([{ channel: 'c', where: 'w', bytes: Buffer.from(bytes as string) }], [what]).hits;

test('a text is found in every encoding, inside other bytes', () => {
  const wide = Buffer.from(plain, 'utf16le');
  const shapes: Record<string, Buffer | string> = {
    raw: `before ${plain} after`,
    hex: `00${marker.bytes.toString('hex')}00`,
    HEX: `00${marker.bytes.toString('hex').toUpperCase()}00`,
    percent: `/x?name=${encodeURIComponent(plain)}&y`,
    'percent, all': `/x?name=${[...marker.bytes].map((b) => `%${b.toString(16).padStart(2, '0')}`).join('')}`,
    form: new URLSearchParams({ a: 'b', name: plain }).toString(),
    json: JSON.stringify({ name: plain }),
    'json, ascii': JSON.stringify({ name: plain }).replace(/ö/, '\\u00f6'),
    'utf-16le': Buffer.concat([Buffer.from([1, 2]), wide, Buffer.from([3])]),
    'utf-16be': Buffer.concat([Buffer.from([1]), Buffer.from(wide).swap16()]),
  };
  for (const [name, bytes] of Object.entries(shapes)) expect(find(bytes).length, name).toBeGreaterThan(0);
});

test('base64 of both alphabets is found whatever stands before and after', () => {
  for (const alphabet of ['base64', 'base64url'] as const) {
    for (let before = 0; before < 7; before += 1) {
      for (let after = 0; after < 4; after += 1) {
        for (const one of [marker, secret]) {
          const whole = Buffer.concat([Buffer.alloc(before, 0xa5), one.bytes, Buffer.alloc(after, 0x5a)]);
          expect(find(whole.toString(alphabet), one).map((hit) => hit.encoding), `${alphabet} ${before} ${after}`).not.toEqual([]);
        }
      }
    }
  }
});

test('a secret of any bytes is found raw, in hex and in both base64', () => {
  const encodings = patterns(secret.bytes).map((one) => one.encoding);
  expect(encodings).toEqual(expect.arrayContaining(['raw', 'hex', 'hex, upper case', 'base64, alignment 2', 'base64url, alignment 1']));
  expect(encodings).not.toContain('UTF-16LE');
});

test('nothing is found where nothing is, and a marker that is too short is refused', () => {
  const other = Buffer.from(plain.replace('7f3a9c', '8f3a9c'));
  for (const bytes of [other, other.toString('base64'), other.toString('hex'), Buffer.from(other.toString(), 'utf16le')]) expect(find(bytes)).toEqual([]);
  expect(() => patterns(Buffer.from('short'))).toThrow(/8 bytes/);
});
