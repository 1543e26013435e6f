/** Describes the machine that the results were measured on. */
import { cpus } from 'node:os';

/** @typedef {{cpu: string, cores: number, node: string, v8: string, openssl: string, date: string}} Machine */

/** @returns {Machine} */
export function machine() {
  const all = cpus();
  return {
    cpu: all[0]?.model.trim() || process.arch,
    cores: all.length,
    node: process.version,
    v8: process.versions.v8,
    openssl: process.versions.openssl,
    date: new Date().toISOString().slice(0, 10),
  };
}

/** @param {Machine} of */
export function machineLine({ cpu, cores, node, openssl, date }) {
  return `${cpu}, ${cores} cores; Node ${node.slice(1)}, OpenSSL ${openssl}; ${date}`;
}
