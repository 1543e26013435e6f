/** A thread that `threads.js` starts: runs a function of another guest, with the module that it got. */
import { parentPort, workerData } from 'node:worker_threads';
import { load } from 'pagetls';

const { module, file, name, given } = workerData;
await load(module);
const guests = await import(`./${file}.js`);
parentPort?.postMessage('loaded');
parentPort?.postMessage(await guests[name](given));
