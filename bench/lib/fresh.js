/** Runs a measurement in a process that does nothing else. */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

/**
 * @param {string} script in this folder; prints one JSON object
 * @param {unknown} task passed to the script as JSON
 * @param {string[]} [flags] for Node
 * @returns {Promise<any>} the object that it printed
 */
export async function inFreshProcess(script, task, flags = []) {
  const path = fileURLToPath(new URL(script, import.meta.url));
  const { stdout } = await promisify(execFile)(process.execPath, ['--expose-gc', ...flags, path, JSON.stringify(task)]);
  return JSON.parse(stdout);
}
