/** Serves a client that runs in a process of its own: each task that it is sent is answered with the time that it took. */
import { timed } from './rounds.js';

/**
 * @template {{count: number, parallel: number}} Task
 * @param {(task: Task) => Promise<(() => Promise<void>)>} prepare returns what is to be done `count` times
 */
export function serveTasks(prepare) {
  process.on('message', async (/** @type {Task} */ task) => {
    let left = task.count;
    try {
      const perform = await prepare(task);
      const one = async () => {
        while (left-- > 0) await perform();
      };
      process.send?.(await timed(() => Promise.all(Array.from({ length: task.parallel }, one))));
    } catch (error) {
      process.send?.({ error: String(error) });
    }
  });
  process.on('disconnect', () => process.exit());
  process.send?.('ready');
}
