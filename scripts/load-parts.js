// Stands before what the splitter wrote (finish-site.mjs): fetches the files of a part, one pack for all that a page loads together.
// PACKS: by what was loaded first and what is added to it, the pack's file and hash, and the part whose modules it leaves out because they
// come first. FILES: the file, with its hash, that says the same of each module by itself; only what is in no pack is asked for by it.
// A pack begins with one line of JSON: the names of its modules and their lengths in bytes.
const opened = [];
let first;
let files;

// A line that stands still is no line: the whole file comes in two minutes, or it did not come.
const get = async (file, integrity, cache) => {
  const answer = await fetch(new URL(file, import.meta.url), { integrity, cache, signal: AbortSignal.timeout?.(120_000) });
  if (!answer.ok) throw new TypeError(`${file}: ${answer.status}`);
  return answer;
};

// What does not come, or is not what it should be, is asked for once more past the browser's cache: what was altered on its way is kept
// there for good.
const ask = (file, integrity) => get(file, integrity, 'default').catch(() => get(file, integrity, 'reload')).catch((error) => later(file, integrity, error, 1));

const LAST_ROUND = 4;

// While servers are replaced one by one, the one that was asked may be an old one, which has not the parts of a new page: 404. A browser
// that compares a hash says of such an answer only that it is not what was asked for, so the status is asked for alone. Where that server
// has it, another one was asked before, or it is altered: once more tells.
const later = async (file, integrity, error, round) => {
  if (round > LAST_ROUND) throw error;
  const { status } = await fetch(new URL(file, import.meta.url), { method: 'HEAD', cache: 'no-store', signal: AbortSignal.timeout?.(10_000) });
  if (status !== 404 && status !== 200) throw error;
  if (status === 404) await new Promise((resolve) => setTimeout(resolve, round * 1000));
  const next = status === 404 ? round + 1 : LAST_ROUND + 1;
  return get(file, integrity, 'reload').catch((again) => later(file, integrity, again, next));
};

function together(name) {
  const steps = first ? `${first} ${name}` : name;
  first ??= name;
  const pack = PACKS[steps];
  if (!pack) return;
  delete PACKS[steps];
  const [file, before] = pack;
  if (before) together(before);
  opened.push(ask(...file).then((answer) => answer.arrayBuffer()).then(modulesOf, () => new Map()));
}

function modulesOf(pack) {
  const bytes = new Uint8Array(pack);
  let begin = bytes.indexOf(10) + 1;
  const index = JSON.parse(new TextDecoder().decode(bytes.subarray(0, begin)));
  return new Map(index.map(([name, length]) => [name, bytes.subarray(begin, begin += length)]));
}

function alone(name) {
  files ??= ask(...FILES).then((answer) => answer.json());
  files.catch(() => { files = undefined; });
  return files.then((all) => ask(...all[name]));
}

// From the first pack that has it; one that has it not, or stands still, holds up no other.
function part(name) {
  return new Promise((resolve, reject) => {
    let isFound = false;
    const looking = opened.map(async (pack) => {
      const modules = await pack;
      const module = modules.get(name);
      modules.delete(name);
      if (!module || isFound) return;
      isFound = true;
      resolve(new Response(module, { headers: { 'content-type': 'application/wasm' } }));
    });
    Promise.all(looking).then(() => isFound || alone(name).then(resolve, reject));
  });
}
