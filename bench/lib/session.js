/** The client's part of the protocol of server-process.js, over any connection. Runs in Node and in pages. */

/**
 * An open connection to a server of server-process.js.
 * @typedef {object} Session
 * @property {(length: number) => Promise<void>} download
 * @property {(length: number) => Promise<void>} upload resolves when the server has received everything
 * @property {() => Promise<void>} close
 */

/**
 * @typedef {object} Pipe
 * @property {() => Promise<Uint8Array | null | undefined>} read null or undefined: the server has closed
 * @property {(bytes: Uint8Array) => Promise<unknown>} write resolves when more may be written
 * @property {() => Promise<unknown>} close
 * @property {number} [block] maximum bytes per write
 */

/**
 * @param {string} name
 * @param {Pipe} pipe
 * @returns {Session}
 */
export function createSession(name, { read, write, close, block = 64 * 1024 }) {
  const request = (/** @type {string} */ line) => write(new TextEncoder().encode(`${line}\n`));
  const receive = async (/** @type {number} */ length) => {
    for (let left = length; left > 0;) {
      const bytes = await read();
      if (!bytes) throw new Error(`${name}: the server closed too early.`);
      left -= bytes.length;
    }
  };
  return {
    async download(length) {
      await request(`down ${length}`);
      await receive(length);
    },
    async upload(length) {
      await request(`up ${length}`);
      const bytes = new Uint8Array(block).fill(0x2e); // allocated here so that idle sessions hold only their client's memory
      for (let left = length; left > 0; left -= block) await write(left < block ? bytes.subarray(0, left) : bytes);
      await receive(1);
    },
    async close() {
      await close();
    },
  };
}

/**
 * Queues received bytes until they are read, for libraries that deliver them by callback.
 * @returns {{push: (bytes: Uint8Array) => void, end: (error?: unknown) => void, read: Pipe['read']}}
 */
export function receiveQueue() {
  /** @type {Uint8Array[]} */
  const queue = [];
  let ended = false;
  /** @type {unknown} */
  let reason;
  let wake = () => {};
  return {
    push(bytes) {
      queue.push(bytes);
      wake();
    },
    end(error) {
      ended = true;
      reason ??= error;
      wake();
    },
    async read() {
      while (queue.length === 0 && !ended) await new Promise((resolve) => (wake = () => resolve(undefined)));
      if (queue.length === 0 && reason !== undefined) throw reason;
      return queue.shift();
    },
  };
}
