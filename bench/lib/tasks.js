/** Serves a client that runs in a process of its own: each task that it is sent is answered with the time that it took. */
import { timed } from './rounds.js';

/** @typedef {{keepAlive: boolean, count: number, parallel: number}} Task */

/** @param {(task: Task) => Promise<void>} perform is called `count` times, of which `parallel` are open at once */
export function serveTasks(perform) {
  process.on('message', async (/** @type {Task} */ task) => {
    let left = task.count;
    const one = async () => {
      while (left-- > 0) await perform(task);
    };
    try {
      process.send?.(await timed(() => Promise.all(Array.from({ length: task.parallel }, one))));
    } catch (error) {
      process.send?.({ error: String(error) });
    }
  });
  process.on('disconnect', () => process.exit());
  process.send?.('ready');
}
