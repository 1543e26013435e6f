/** Verifies chains with Go: compiles go/main.go, without network access, and keeps it running. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { findProgram, inProject, run, runOrFail } from '../../../scripts/run.js';

/** @typedef {import('./plan.js').Case} Case */
/** @typedef {import('./verifiers.js').Result} Result */

const FOLDER = inProject('build', 'go');
const SOURCE = inProject('test', 'verify', 'differential', 'go', 'main.go');

const ENV = {
  GOCACHE: `${FOLDER}/cache`,
  GOPATH: `${FOLDER}/path`,
  GOFLAGS: '-mod=mod',
  GOPROXY: 'off',
  GODEBUG: '', // has switches for SHA-1 and others
};

/** Such as "Go 1.19.8"; null if not installed. @returns {Promise<string | null>} */
export async function goVersion() {
  if (findProgram('go') === undefined) return null;
  const [, version] = /^go version go(\S+)/.exec((await run('go', ['version'], { env: ENV })).stdout) ?? [];
  return version === undefined ? null : `Go ${version}`;
}

/**
 * @typedef {object} GoVerifier
 * @property {(testCase: Case, now: Date) => Promise<Result>} verify with the CRLs ignored: crypto/x509 has none
 * @property {() => Promise<void>} end
 */

/** @returns {Promise<GoVerifier>} */
export async function startGo() {
  const program = `${FOLDER}/verify`;
  await runOrFail('Compiling the verifier in Go', 'go', ['build', '-trimpath', '-o', program, SOURCE], { env: ENV });
  const child = spawn(program, { stdio: ['pipe', 'pipe', 'inherit'], env: ENV });
  const exited = once(child, 'exit');
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    async verify({ sent, anchors, hostname }, now) {
      const base64 = (/** @type {Uint8Array[]} */ ders) => ders.map((der) => Buffer.from(der).toString('base64'));
      const answer = lines.next(); // answers come in the order of the questions
      child.stdin.write(JSON.stringify({ sent: base64(sent), anchors: base64(anchors), hostname, now }));
      const { done, value } = await answer;
      if (done) throw new Error('the verifier in Go has ended');
      return JSON.parse(value);
    },
    async end() {
      child.stdin.end();
      await exited;
    },
  };
}
