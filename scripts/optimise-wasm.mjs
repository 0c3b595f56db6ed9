// What `wasm-opt -O1` does, to each of these files, in one process: dozens of small ones cost more to start than to optimise.
// -O1 and no more: what the compiler wrote for size compresses worse the more it is rewritten (figures in ADR 4).
import { readFileSync, writeFileSync } from 'node:fs';
import binaryen from 'binaryen';

const { BulkMemory, BulkMemoryOpt, MutableGlobals, Multivalue, NontrappingFPToInt, ReferenceTypes, SignExt } = binaryen.Features;
binaryen.setOptimizeLevel(1);
binaryen.setShrinkLevel(0);
for (const file of process.argv.slice(2)) {
  const module = binaryen.readBinary(readFileSync(file));
  module.setFeatures(BulkMemory | BulkMemoryOpt | MutableGlobals | Multivalue | NontrappingFPToInt | ReferenceTypes | SignExt);
  module.optimize();
  // Who compiled it is said once too often.
  module.runPasses(['strip-producers', 'strip-target-features']);
  writeFileSync(file, module.emitBinary());
  module.dispose();
}
