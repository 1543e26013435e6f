/** What happens during the calls of the core to its host, in the runtime that runs this. */

/** @typedef {import('./connections.js').Server} Server */

const { instantiate } = WebAssembly;
WebAssembly.instantiate = /** @type {typeof instantiate} */ (
  async (/** @type {WebAssembly.Module} */ module, /** @type {{pagetls: Record<string, Function>}} */ { pagetls }) => {
    const wrapped = Object.entries(pagetls).map(([name, call]) => [
      name,
      (/** @type {number[]} */ ...args) => {
        let done = false;
        queueMicrotask(() => {
          if (!done) found.add(`microtasks in ${name}`);
        });
        inside = name;
        const result = call(...args);
        inside = '';
        done = true;
        calls.add(name);
        return result;
      },
    ]);
    return instantiate(module, { pagetls: Object.fromEntries(wrapped) });
  }
);
/** The host call that runs now. */
let inside = '';
/** @type {Set<string>} */
const calls = new Set();
/** What must not happen in one. @type {Set<string>} */
const found = new Set();

const { getBuiltinModule } = process;
if (getBuiltinModule) {
  process.getBuiltinModule = /** @type {typeof getBuiltinModule} */ (
    (/** @type {any} */ name) => {
      if (inside) found.add(`${name} is loaded in ${inside}`);
      return getBuiltinModule.call(process, name);
    }
  );
}

/**
 * Receives `bytes` bytes from a server of test/helpers/transfer-server.js.
 * @param {Server & {cipher: string, bytes: number}} given
 */
export async function receives({ cipher, bytes, ...server }) {
  const { transfer } = await import('./connections.js');
  const { received, sent } = await transfer({ ...server, bytes, options: { ciphers: [cipher] } });
  return { received, sent, calls: [...calls].sort(), found: [...found] };
}

/** Calls the core while it waits for its host. @param {Server & {bytes: number}} given */
export async function reenters({ bytes, ...server }) {
  const { TrustStore } = await import('pagetls');
  const { transfer } = await import('./connections.js');
  const store = await TrustStore.from(server.roots ?? '');
  const codes = new Set();
  const reenter = () => {
    if (inside === '') return;
    try {
      codes.add(`${inside}: ${store.size}`);
    } catch (error) {
      codes.add(`${inside}: ${/** @type {{code?: string}} */ (error).code}`);
    }
  };
  const { getRandomValues } = crypto;
  crypto.getRandomValues = (array) => {
    reenter();
    getRandomValues.call(crypto, array);
    return array;
  };
  const { now } = Date;
  Date.now = () => {
    reenter();
    return now();
  };
  const { received, sent } = await transfer({ ...server, bytes });
  return { received, sent, codes: [...codes].sort(), size: store.size };
}
