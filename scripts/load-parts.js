// Stands before what the splitter wrote (finish-site.mjs): fetches the files of a part, one pack for all that a page loads together.
// PACKS: by what was loaded first and what is added to it, the pack's file and hash, and where in it each module is. FILES: the file, with
// its hash, that says the same of each module by itself; whoever loads packs only never asks for it.
const opened = new Map();
const asked = new Set();
let first;
let files;

const get = async (file, integrity, cache) => {
  const answer = await fetch(new URL(file, import.meta.url), { integrity, cache });
  if (!answer.ok) throw new TypeError(`${file}: ${answer.status}`);
  return answer;
};

// What does not come, or is not what it should be, is asked for once more past the browser's cache: what was altered on its way is kept
// there for good.
const ask = (file, integrity) => get(file, integrity, 'default').catch(() => get(file, integrity, 'reload'));

function together(name) {
  const steps = first ? `${first} ${name}` : name;
  first ??= name;
  const pack = PACKS[steps];
  if (!pack) return;
  delete PACKS[steps];
  const bytes = ask(...pack.file).then((answer) => answer.arrayBuffer());
  bytes.catch(() => {});
  for (const [module, range] of Object.entries(pack.at)) if (!asked.has(module)) opened.set(module, { bytes, range });
}

function alone(name) {
  files ??= ask(...FILES).then((answer) => answer.json());
  files.catch(() => { files = undefined; });
  return files.then((all) => ask(...all[name]));
}

function part(name) {
  const pack = opened.get(name);
  opened.delete(name);
  asked.add(name);
  if (!pack) return alone(name);
  const headers = { 'content-type': 'application/wasm' };
  return pack.bytes.then((bytes) => new Response(bytes.slice(...pack.range), { headers }), () => alone(name));
}
