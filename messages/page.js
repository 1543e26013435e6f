/** What a browser keeps a page from: loading a file of the package, compiling it, or opening a WebSocket. Who is to do what. */

/** @typedef {{sentence: string, hint?: string}} PageText */

/** @param {string} file the URL, or the name @param {string} reason */
const because = (file, reason) => `${file} could not be loaded: ${reason.trim().replace(/\.$/, '')}.`;

const WHOSE_POLICY = "of the page's policy; a worker has the policy that its script is served with";

/** What bundlers leave behind, and who is to copy it. */
const COPY_FILES =
  'With esbuild, Rollup or Bun copy the folder node_modules/pagetls/dist/pagetls/ to where the script is; for the development server of Vite, add pagetls to optimizeDeps.exclude; without a bundler, serve all of dist/.';

/** @param {string} file @param {number} status @returns {PageText} */
export const badStatus = (file, status) => ({
  sentence: because(file, `HTTP status ${status}`),
  hint: status === 404 ? COPY_FILES : undefined,
});

/** @param {string} file @returns {PageText} */
export const webPage = (file) => ({
  sentence: because(file, 'the answer is a web page'),
  hint: `The server answers requests for files that it does not have with its own page. ${COPY_FILES}`,
});

/** @param {string} file @returns {PageText} */
export const offline = (file) => ({
  sentence: because(file, 'the browser is offline'),
  hint: 'Connect to the network and try again.',
});

/** @param {string} file @param {string} source what connect-src lacks @returns {PageText} */
export const blocked = (file, source) => ({
  sentence: because(file, 'the Content-Security-Policy forbids it'),
  hint: `Add ${source} to connect-src ${WHOSE_POLICY}.`,
});

/**
 * fetch() failed, and the browser does not say why.
 * @param {string} file
 * @param {string} reason its message
 * @param {string} source
 * @returns {PageText}
 */
export const unreachable = (file, reason, source) => ({
  sentence: because(file, reason),
  hint:
    source === "'self'"
      ? "The browser does not say why: the server may not be running, or connect-src of the page's policy lacks 'self'."
      : `The browser does not say why: ${source} may not be running, may not send Access-Control-Allow-Origin, or is not in connect-src of the page's policy.`,
});

const LEAVE_OUT = "Leave pagetls out of a bundle for a server (Next: serverExternalPackages: ['pagetls'])";

/** fetch() failed outside of a page. @param {string} file @param {string} reason @returns {PageText} */
export const notFetched = (file, reason) => ({ sentence: because(file, reason), hint: `${LEAVE_OUT}.` });

/** @param {string} file @param {string} reason @returns {PageText} */
export const interrupted = (file, reason) => ({ sentence: because(file, reason) });

/** @param {keyof typeof FILES} name */
const importing = (name) =>
  `(import ${name} from 'pagetls/${FILES[name]}') and first call load(${name === 'wasm' ? 'wasm' : `wasm, { ${name} }`}).`;

/**
 * There is no place beside the module, in Cloudflare Workers.
 * @param {keyof typeof FILES} name in load()
 * @returns {PageText}
 */
export const noPlace = (name) => ({
  sentence: because(FILES[name], 'modules have no URL here'),
  hint: `Import it ${importing(name)}`,
});

/**
 * There is no file beside the module, or none that can be read: in bundles for servers, in test runners.
 * @param {string} file
 * @param {keyof typeof FILES} name in load()
 * @param {string} reason
 * @returns {PageText}
 */
export const notBeside = (file, name, reason) => ({
  sentence: because(file, reason),
  hint: `${LEAVE_OUT}, copy the folder node_modules/pagetls/dist/pagetls/ to where the script is, or import it ${importing(name)}`,
});

/** The file of each name in load(). */
export const FILES = {
  wasm: 'pagetls.wasm',
  mozillaRoots: 'mozilla-roots.bin',
  rootSignatures: 'mozilla-root-signatures.bin',
  publicSuffixes: 'public-suffixes.txt',
};

/** @type {PageText} */
export const NO_WEBASSEMBLY = {
  sentence: 'This browser has no WebAssembly.',
  hint: 'Use another one, or turn off its Lockdown Mode.',
};

/** @type {PageText} */
export const NO_SIMD = {
  sentence: 'WebAssembly has no SIMD instructions here.',
  hint: 'Update the browser: Chrome and Edge have them since version 91, Firefox since 89, Safari since 16.4. The processor needs SSE4.1 or NEON.',
};

/** @type {PageText} */
export const COMPILING_BLOCKED = {
  sentence: 'The Content-Security-Policy forbids WebAssembly.',
  hint: `Add 'wasm-unsafe-eval' to script-src ${WHOSE_POLICY}.`,
};

/** @param {string} reason @returns {PageText} */
export const notCompiled = (reason) => ({
  sentence: `pagetls.wasm could not be compiled: ${reason.trim().replace(/\.$/, '')}.`,
  hint: 'The file is damaged, or is not of the same version of the package as its JavaScript.',
});

/** @param {string} bridge its URL @param {string} source what connect-src lacks @returns {PageText} */
export const bridgeBlocked = (bridge, source) => ({
  sentence: `The Content-Security-Policy forbids the WebSocket to the bridge at ${bridge}.`,
  hint: `Add ${source} to connect-src ${WHOSE_POLICY}.`,
});

/**
 * @param {string} bridge
 * @param {string} reason
 * @param {boolean} mixed a page of https: and a bridge of ws:
 * @returns {PageText}
 */
export const bridgeUnreachable = (bridge, reason, mixed) => ({
  sentence: `Cannot open a WebSocket to the bridge at ${bridge}: ${reason.trim().replace(/\.$/, '')}.`,
  hint: mixed ? 'A page that is served over https needs a wss: bridge.' : undefined,
});
