/** Threads, in the runtime that runs this. */
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { load } from 'pagetls';

/** @param {unknown} module @param {string} call @param {object} given */
function start(module, call, given) {
  const [file, name] = call.split('.');
  return new Worker(new URL('./thread.js', import.meta.url), { workerData: { module, file, name, given } });
}

/**
 * What functions of other guests return in a thread each, at the same time. The first two get the module.
 * @param {{calls: [string, object][]}} given
 */
export async function runs({ calls }) {
  const module = await load();
  return Promise.all(
    calls.map(async ([call, given], i) => {
      const worker = start(i < 2 ? module : undefined, call, given);
      /** @type {unknown[]} */
      const messages = [];
      worker.on('message', (message) => messages.push(message));
      await once(worker, 'exit'); // by itself
      return messages.at(-1);
    }),
  );
}

/** Terminates threads at many moments of what they do. @param {{call: string, given: object, count: number}} given */
export async function terminates({ call, given, count }) {
  const module = await load();
  const started = Array.from({ length: count }, async (_, i) => {
    const worker = start(i % 2 ? module : undefined, call, given);
    await once(worker, 'message');
    await new Promise((resolve) => setTimeout(resolve, i * 3));
    await worker.terminate();
  });
  await Promise.all(started);
  return started.length;
}
