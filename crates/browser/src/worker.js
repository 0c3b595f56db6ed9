// Starts the module that the page runs a second time, on this thread. The page sends its address and the compiled code.
self.addEventListener('message', async ({ data }) => {
  try {
    const glue = await import(data.js);
    await glue.default({ module_or_path: data.module });
    glue.worker_main();
  } catch (error) {
    self.postMessage({ kind: 'broken', id: 0, text: String(error) });
  }
}, { once: true });
self.postMessage({ kind: 'awake', id: 0 });
