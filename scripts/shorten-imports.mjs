// Gives what the module imports from wasm-bindgen's script short names, in both files. The long ones carry a hash each, which no
// compression makes smaller: 7 KB of a first visit. One hash over all of them stands in the name of what they are imported from: a script
// and a module that do not belong together do not start, as before.
import { createHash } from 'node:crypto';

const NAMESPACE = './app_bg.js';

/** The module and the script with short names. */
export function shortenImports(wasm, script) {
  const { begin, end, imports } = readImports(wasm);
  const short = new Map();
  for (const { module, field } of imports) {
    if (module === NAMESPACE && !short.has(field)) short.set(field, `i${short.size.toString(36)}`);
  }
  if (short.size === 0) throw new Error(`the program imports nothing from ${NAMESPACE}`);
  const together = createHash('sha256').update([...short.keys()].join()).digest('hex').slice(0, 8);
  const from = `./app_bg.${together}.js`;
  const content = Buffer.concat([leb(imports.length), ...imports.map(({ module, field, rest }) => {
    return module === NAMESPACE ? Buffer.concat([text(from), text(short.get(field)), rest]) : Buffer.concat([text(module), text(field), rest]);
  })]);
  const shortened = Buffer.concat([wasm.subarray(0, begin), Buffer.from([2]), leb(content.length), content, wasm.subarray(end)]);
  const lines = script.split('\n').map((line) => {
    const [name] = /^\w+(?=: )/.exec(line) ?? [];
    if (!short.has(name)) return line;
    const renamed = short.get(name) + line.slice(name.length);
    short.delete(name);
    return renamed;
  });
  if (short.size > 0) throw new Error(`the script has no ${[...short.keys()][0]}`);
  const renamed = lines.join('\n');
  const key = `"${NAMESPACE}":`;
  if (renamed.split(key).length !== 2) throw new Error(`the script does not name ${NAMESPACE} once`);
  return { wasm: shortened, script: renamed.replace(key, `"${from}":`) };
}

/** The section of imports (WebAssembly core specification, 5.5.5): where it is, and each import with the bytes behind its names. */
function readImports(wasm) {
  let at = 8;
  const number = () => {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = wasm[at++];
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return value;
    }
  };
  const name = () => {
    const length = number();
    return wasm.subarray(at, at += length).toString('utf8');
  };
  const limits = () => {
    const flags = wasm[at++];
    number();
    if (flags & 1) number();
  };
  for (;;) {
    const begin = at;
    const id = wasm[at++];
    const length = number();
    const end = at + length;
    if (id !== 2) {
      if (end >= wasm.length) throw new Error('the program has no imports');
      at = end;
      continue;
    }
    const imports = Array.from({ length: number() }, () => {
      const [module, field] = [name(), name()];
      const from = at;
      const kind = wasm[at++];
      if (kind === 0) number(); // a function: its type
      else if (kind === 1) { at += 1; limits(); } // a table
      else if (kind === 2) limits(); // a memory
      else if (kind === 3) at += 2; // a global
      else if (kind === 4) { at += 1; number(); } // a tag
      else throw new Error(`an import of kind ${kind}`);
      return { module, field, rest: wasm.subarray(from, at) };
    });
    return { begin, end, imports };
  }
}

function leb(number) {
  const bytes = [];
  do {
    bytes.push((number & 0x7f) | (number > 0x7f ? 0x80 : 0));
    number >>>= 7;
  } while (number > 0);
  return Buffer.from(bytes);
}

function text(string) {
  const bytes = Buffer.from(string);
  return Buffer.concat([leb(bytes.length), bytes]);
}
