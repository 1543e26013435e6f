/** Any program that runs the bridge: the command line, an installed command, a container's entry point. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { after } from 'node:test';
import { dial, nextMessage } from './bridge-clients.js';

export const ORIGIN = 'https://page.example';

/**
 * Starts the program and waits until it listens. It is killed after the tests of the file.
 * @param {string[]} command
 * @param {import('node:child_process').SpawnOptions} [options]
 */
export async function startBridgeProgram([program, ...args], options) {
  const child = spawn(program, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
  after(() => child.kill('SIGKILL'));
  const stdout = /** @type {import('node:stream').Readable} */ (child.stdout);
  const stderr = text(/** @type {import('node:stream').Readable} */ (child.stderr));
  const ended = once(child, 'close');
  const first = once(createInterface({ input: stdout }), 'line').then(([line]) => String(line));
  const line = await Promise.race([first, ended.then(() => stderr).then(assert.fail)]);
  const { listening: host, port } = JSON.parse(line);
  return { child, pid: Number(child.pid), stderr, ended, url: `ws://${host}:${port}` };
}

/**
 * @param {{url: string}} bridge that accepts ORIGIN
 * @param {{token: string}} echo an echo server
 * @returns an open connection to it
 */
export async function echoThrough(bridge, echo) {
  const ws = dial(bridge, echo.token, { origin: ORIGIN });
  await once(ws, 'open');
  ws.send('ping', { binary: true });
  assert.equal(String(await nextMessage(ws)), 'ping');
  return ws;
}
