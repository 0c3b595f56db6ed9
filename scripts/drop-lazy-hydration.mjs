// Empties the functions of tachys that hydrate a page asynchronously. Every erased view of leptos 0.8 keeps a pointer to its
// own, so no optimiser may drop them; only `hydrate_lazy` and lazy routes ever call one, and this program has neither. The next
// release of leptos makes them a feature; until then they would be a sixth of what a first visit loads.
// Runs after wasm-bindgen (names are still there) and before wasm-opt (which then drops what only they used).
import { readFileSync, writeFileSync } from 'node:fs';
import binaryen from 'binaryen';

const [input, output] = process.argv.slice(2);
const module = binaryen.readBinary(readFileSync(input));
const { BulkMemory, MutableGlobals, Multivalue, NontrappingFPToInt, ReferenceTypes, SignExt } = binaryen.Features;
module.setFeatures(BulkMemory | MutableGlobals | Multivalue | NontrappingFPToInt | ReferenceTypes | SignExt);
// The futures' own bodies, never the glue that drops one: the linker may have merged that with somebody else's.
const lazy = /::hydrate_async(::\{\{closure\}\})+(::h[0-9a-f]{16})?$/;
let emptied = 0;
for (let at = 0; at < module.getNumFunctions(); at += 1) {
  const body = module.getFunctionByIndex(at);
  if (lazy.test(binaryen.getFunctionInfo(body).name)) {
    binaryen.Function.setBody(body, module.unreachable());
    emptied += 1;
  }
}
if (emptied === 0) {
  throw new Error('no function of that name: leptos may have changed, or the names are stripped');
}
writeFileSync(output, module.emitBinary());
console.log(`emptied ${emptied} functions of asynchronous hydration`);
