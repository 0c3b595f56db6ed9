// The tests that failed in the last run, with the first lines of why, at the end of the output: whoever reads only the last
// page of a log finds them there.
import { browserTests, rustTests } from './last-run.mjs';

const LINES = 14;
const plain = (message) => message.replace(/\u001b\[[0-9;]*m/g, '').replace(/&quot;/g, '"').replace(/&apos;|&#39;/g, "'").replace(/&lt;/g, '<').replace(/&gt;/g, '>').replace(/&amp;/g, '&');
const say = (name, where, message) => {
  console.log(`\nfailed: ${name}  [${where}]`);
  for (const line of plain(message).split('\n').filter((line) => line.trim()).slice(0, LINES)) console.log(`  ${line.slice(0, 240)}`);
};

for (const { name, crate, rest } of rustTests()) {
  const failure = /<(?:failure|error)\b[^>]*>([\s\S]*?)<\/(?:failure|error)>/.exec(rest);
  if (failure) say(name, crate, failure[1]);
}

for (const spec of browserTests()) {
  if (spec.ok) continue;
  const errors = spec.tests.flatMap((test) => test.results.flatMap((result) => result.errors ?? []));
  say(spec.title, spec.file, errors.map((error) => error.message ?? '').join('\n'));
}
