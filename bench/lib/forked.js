/** Starts a script of this folder in a process of its own, which is sent messages and answers each. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/** @param {string} script in bench/lib @param {string[]} args */
export function startForked(script, ...args) {
  const child = fork(fileURLToPath(new URL(script, import.meta.url)), args);
  const ended = once(child, 'exit');
  const failed = ended.then(() => {
    throw new Error(`${script} has ended.`);
  });
  failed.catch(() => {});
  return {
    /** @param {object} [message] @returns {Promise<any>} the answer; without a message, the next */
    async ask(message) {
      if (message) child.send(message);
      const [answer] = await Promise.race([once(child, 'message'), failed]);
      if (answer.error) throw new Error(answer.error);
      return answer;
    },
    async end() {
      child.disconnect();
      await ended;
    },
  };
}
