/** Processor time and memory of other processes, from /proc (Linux). */
import { readdirSync, readFileSync } from 'node:fs';

/** @param {number} pid @returns {number[]} the process and all below it */
export function tree(pid) {
  const threads = entries(`/proc/${pid}/task`);
  const children = threads.flatMap((thread) => read(`/proc/${pid}/task/${thread}/children`).split(' ').filter(Boolean));
  return [pid, ...children.flatMap((child) => tree(Number(child)))];
}

/**
 * Processor time so far, in seconds, of the processes that run: exact to the nanosecond where /proc/PID/stat counts in
 * hundredths of a second. Those that have ended are not in it.
 * @param {number} pid
 */
export function cpuOfRunning(pid) {
  const nanoseconds = tree(pid).flatMap((each) =>
    entries(`/proc/${each}/task`).map((thread) => Number(read(`/proc/${each}/task/${thread}/schedstat`).split(' ')[0])),
  );
  return nanoseconds.reduce((sum, each) => sum + each, 0) / 1e9;
}

/**
 * Processor time so far, in seconds, of a process and of the children that have ended and were waited for: proc(5).
 * @param {number} pid
 */
export function cpuWithEnded(pid) {
  const stat = read(`/proc/${pid}/stat`);
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return fields.slice(11, 15).reduce((sum, ticks) => sum + Number(ticks), 0) / 100;
}

/**
 * Memory of a process in bytes. PSS: a page that n processes share counts for an n-th in each.
 * @param {number} pid
 */
export function memoryOf(pid) {
  const rollup = read(`/proc/${pid}/smaps_rollup`);
  const of = (/** @type {string} */ name) => 1024 * Number(new RegExp(`^${name}: +(\\d+)`, 'm').exec(rollup)?.[1] ?? 0);
  return { pss: of('Pss'), rss: of('Rss') };
}

/** @param {string} file of one that may be gone: then it is empty */
function read(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

/** @param {string} folder */
function entries(folder) {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
