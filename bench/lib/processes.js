/** CPU time and memory of other processes, from /proc (Linux). */
import { readdirSync, readFileSync } from 'node:fs';

/** USER_HZ of Linux (proc(5)). */
const TICKS_PER_SECOND = 100;

/** @param {number} pid @returns {number[]} the process and its descendants */
export function processTree(pid) {
  const threads = listDirectory(`/proc/${pid}/task`);
  const children = threads.flatMap((thread) =>
    readOrEmpty(`/proc/${pid}/task/${thread}/children`).split(' ').filter(Boolean),
  );
  return [pid, ...children.flatMap((child) => processTree(Number(child)))];
}

/**
 * The CPU time in seconds of a process and its live descendants, without those that have ended. In nanosecond resolution,
 * while /proc/PID/stat counts in hundredths of a second.
 * @param {number} pid
 */
export function cpuOfLiveProcesses(pid) {
  const nanoseconds = processTree(pid).flatMap((each) =>
    listDirectory(`/proc/${each}/task`).map((thread) =>
      Number(readOrEmpty(`/proc/${each}/task/${thread}/schedstat`).split(' ')[0]),
    ),
  );
  return nanoseconds.reduce((sum, each) => sum + each, 0) / 1e9;
}

/**
 * The CPU time in seconds of a process and of its children that have ended and been waited for (proc(5)).
 * @param {number} pid
 */
export function cpuWithReapedChildren(pid) {
  const stat = readOrEmpty(`/proc/${pid}/stat`);
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  // utime, stime, cutime and cstime
  return fields.slice(11, 15).reduce((sum, ticks) => sum + Number(ticks), 0) / TICKS_PER_SECOND;
}

/**
 * The memory of a process in bytes. PSS counts a page that n processes share as 1/n in each.
 * @param {number} pid
 */
export function memoryOf(pid) {
  const rollup = readOrEmpty(`/proc/${pid}/smaps_rollup`);
  const of = (/** @type {string} */ name) => 1024 * Number(new RegExp(`^${name}: +(\\d+)`, 'm').exec(rollup)?.[1] ?? 0);
  return { pss: of('Pss'), rss: of('Rss') };
}

/** Returns an empty string if the process has ended. @param {string} file */
function readOrEmpty(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

/** @param {string} folder */
function listDirectory(folder) {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
