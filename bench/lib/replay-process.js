/** Replays recorded handshakes of several packages, in turn, and prints the medians of each. */
import { record } from './replay.js';
import { measure } from './rounds.js';
import { loadPackage } from './stock.js';

/** @type {{packages: {name: string, folder: string}[], server: import('./server.js').Server, rounds: number, warmUp: number}} */
const { packages, server, rounds, warmUp } = JSON.parse(process.argv[2]);
const SEED = 20260615;

const contestants = [];
for (const { name, folder } of packages) {
  const replay = await record(await loadPackage(folder), server, SEED);
  contestants.push({ name, sample: async () => replay.run() });
}
const row = await measure({ name: 'replay', contestants, rounds, warmUp });
const medians = row.contestants.map(({ name, metrics }) => [
  name,
  Object.fromEntries(Object.entries(metrics).map(([unit, { median }]) => [unit, median])),
]);
process.stdout.write(JSON.stringify(Object.fromEntries(medians)), () => process.exit());
