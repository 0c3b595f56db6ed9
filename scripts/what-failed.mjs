// The tests that failed in the last run, or passed at their second attempt only: with the first lines of why, or, with --names,
// one line each. The lines come last of all, so that whoever reads only the end of a log finds them there.
import { brokenRuns, browserTests, contractFailures, isFlaky, rustTests } from './last-run.mjs';

const LINES = 14;
const names = process.argv.includes('--names');
const plain = (message) => message.replace(/\u001b\[[0-9;]*m/g, '').replace(/&quot;/g, '"').replace(/&apos;|&#39;/g, "'").replace(/&lt;/g, '<').replace(/&gt;/g, '>').replace(/&amp;/g, '&');
const say = (name, where, message, what = 'failed') => {
  const lines = plain(message).split('\n').filter((line) => line.trim());
  if (names) {
    // What is there and was not expected says more than that something was not.
    const differing = lines.slice(1).filter((line) => /^\s*[+-] {2,}\S/.test(line));
    const told = differing.length > 0 ? [lines[0], ...differing] : lines.slice(0, 3);
    console.log(`${what}: ${name}  [${where}]: ${told.map((line) => line.trim()).join(' | ').slice(0, 400)}`);
    return;
  }
  console.log(`\n${what}: ${name}  [${where}]`);
  for (const line of lines.slice(0, LINES)) console.log(`  ${line.slice(0, 240)}`);
};

for (const { name, crate, rest } of rustTests()) {
  const failure = /<(?:failure|error)\b[^>]*>([\s\S]*?)<\/(?:failure|error)>/.exec(rest);
  if (failure) say(name, crate, failure[1]);
}

for (const { name, message } of contractFailures()) say(name, 'contract of the API', message);

for (const spec of browserTests()) {
  if (spec.ok && !isFlaky(spec)) continue;
  const errors = spec.tests.flatMap((test) => test.results.flatMap((result) => result.errors ?? []));
  say(spec.title, spec.file, errors.map((error) => error.message ?? '').join('\n'), spec.ok ? 'passed at its second attempt only' : 'failed');
}

for (const { path, message } of brokenRuns()) say('a whole run of browser tests', path, message);
