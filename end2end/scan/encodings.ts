// The shapes in which a secret could lie somewhere: what `scan.ts` looks for.

export interface Pattern {
  encoding: string;
  bytes: Buffer;
}

/** Every pattern of a marker, each byte string once. What is shorter than 8 bytes is found by chance, and refused. */
export function patterns(marker: Buffer): Pattern[] {
  if (marker.length < 8) throw new Error('a marker under 8 bytes is found by chance');
  const hex = marker.toString('hex');
  const found: Pattern[] = [
    { encoding: 'raw', bytes: marker },
    { encoding: 'hex', bytes: Buffer.from(hex) },
    { encoding: 'hex, upper case', bytes: Buffer.from(hex.toUpperCase()) },
    ...base64(marker, 'base64'),
    ...base64(marker, 'base64url'),
    { encoding: 'percent, every byte', bytes: Buffer.from(hex.toUpperCase().replace(/../g, '%$&')) },
    { encoding: 'percent, every byte, lower case', bytes: Buffer.from(hex.replace(/../g, '%$&')) },
  ];
  const text = marker.toString('utf8');
  if (Buffer.from(text, 'utf8').equals(marker)) {
    const wide = Buffer.from(text, 'utf16le');
    const escaped = JSON.stringify(text).slice(1, -1);
    found.push(
      { encoding: 'UTF-16LE', bytes: wide },
      { encoding: 'UTF-16BE', bytes: Buffer.from(wide).swap16() },
      { encoding: 'percent, as in a URL', bytes: Buffer.from(encodeURIComponent(text)) },
      { encoding: 'form', bytes: Buffer.from(new URLSearchParams({ t: text }).toString().slice(2)) },
      { encoding: 'JSON', bytes: Buffer.from(escaped) },
      { encoding: 'JSON, ASCII only', bytes: Buffer.from(escaped.replace(/[^\x20-\x7e]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`)) },
    );
  }
  const seen = new Set<string>();
  return found.filter(({ bytes }) => {
    const key = bytes.toString('latin1');
    return seen.has(key) ? false : seen.add(key);
  });
}

/** What base64 of something that contains the marker must contain, wherever in a group of three it begins. */
function base64(marker: Buffer, alphabet: 'base64' | 'base64url'): Pattern[] {
  return [0, 1, 2].map((offset) => {
    const text = Buffer.concat([Buffer.alloc(offset), marker]).toString(alphabet).replace(/=+$/, '');
    // The first characters mix in what stands before, the last one what follows.
    const begin = Math.ceil((offset * 8) / 6);
    const end = Math.floor(((offset + marker.length) * 8) / 6);
    return { encoding: `${alphabet}, alignment ${offset}`, bytes: Buffer.from(text.slice(begin, end)) };
  });
}
