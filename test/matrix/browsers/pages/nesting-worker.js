/** A worker that passes everything on to a worker of its own. */
const inner = new Worker(new URL('./worker.js', import.meta.url), { type: 'module' });
addEventListener('message', ({ data, ports }) => inner.postMessage(data, [...ports]));
