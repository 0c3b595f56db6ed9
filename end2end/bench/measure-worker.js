// Runs crates/browser/examples/measure.rs in a worker and posts its rates: [seal, open] in MB/s for each cipher.
import init, { measure } from './measure.js';

await init();
self.postMessage(await measure());
