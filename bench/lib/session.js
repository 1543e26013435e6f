/** What a server of server-process.js is asked for, over any connection that reads and writes. For Node and for pages. */

/**
 * An open connection to a server of server-process.js.
 * @typedef {object} Session
 * @property {(length: number) => Promise<void>} download
 * @property {(length: number) => Promise<void>} upload resolves when the server has it all
 * @property {() => Promise<void>} close
 */

/**
 * @typedef {object} Pipe
 * @property {() => Promise<Uint8Array | null | undefined>} read nothing: the server has ended
 * @property {(bytes: Uint8Array) => Promise<unknown>} write resolves when more may be written
 * @property {() => Promise<unknown>} close
 * @property {number} [block] bytes that are written at once
 */

/**
 * @param {string} name
 * @param {Pipe} pipe
 * @returns {Session}
 */
export function sessionOf(name, { read, write, close, block = 64 * 1024 }) {
  const ask = (/** @type {string} */ line) => write(new TextEncoder().encode(`${line}\n`));
  const receive = async (/** @type {number} */ length) => {
    for (let left = length; left > 0;) {
      const came = await read();
      if (!came) throw new Error(`${name}: the server ended early.`);
      left -= came.length;
    }
  };
  return {
    async download(length) {
      await ask(`down ${length}`);
      await receive(length);
    },
    async upload(length) {
      await ask(`up ${length}`);
      const bytes = new Uint8Array(block).fill(0x2e); // here: an idle session is to hold what its client holds
      for (let left = length; left > 0; left -= block) await write(left < block ? bytes.subarray(0, left) : bytes);
      await receive(1);
    },
    async close() {
      await close();
    },
  };
}

/**
 * For what calls back with what has come: it is kept until it is read.
 * @returns {{put: (bytes: Uint8Array) => void, end: (error?: unknown) => void, read: Pipe['read']}}
 */
export function inbox() {
  /** @type {Uint8Array[]} */
  const kept = [];
  let ended = false;
  /** @type {unknown} */
  let reason;
  let wake = () => {};
  return {
    put(bytes) {
      kept.push(bytes);
      wake();
    },
    end(error) {
      ended = true;
      reason ??= error;
      wake();
    },
    async read() {
      while (kept.length === 0 && !ended) await new Promise((resolve) => (wake = () => resolve(undefined)));
      if (kept.length === 0 && reason !== undefined) throw reason;
      return kept.shift();
    },
  };
}
