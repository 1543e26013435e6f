/**
 * Real TLS servers for tests: OpenSSL's s_server, nginx, GnuTLS's gnutls-serv, and Node's own in this process.
 * Each has its own port and temporary directory, and is stopped by pid.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import tls from 'node:tls';
import { freePort as findFreePort } from '../../scripts/example-servers.js';
import { findProgram } from '../../scripts/run.js';
import { pemBlocks } from './pki.js';

/** @typedef {import('./pki.js').Case} Case */
/** @typedef {import('node:child_process').ChildProcessByStdio<import('node:stream').Writable, import('node:stream').Readable, import('node:stream').Readable>} Child */

/**
 * @typedef {object} Server
 * @property {number} port on 127.0.0.1
 * @property {number} [pid]
 * @property {() => string} stdout output so far
 * @property {() => string} stderr output so far
 * @property {(text: string) => void} write to its standard input
 * @property {(pattern: RegExp) => Promise<RegExpMatchArray>} seen resolves when the output matches
 * @property {() => Promise<void>} close
 */

/** For starting a server and for expected output. */
const SERVER_TIMEOUT_MS = 10_000;
const KILL_DELAY_MS = 2000;
const MAX_ATTEMPTS = 5;

/** @type {Set<Child>} */
const running = new Set();
process.on('exit', () => {
  for (const child of running) {
    child.kill('SIGKILL');
  }
});

/* --- processes ---------------------------------------------------------------------- */

/** @type {Set<number>} */
const reservedPorts = new Set();

/**
 * A port that was free a moment ago, for servers that cannot bind to port 0. No two servers of this process get the same.
 * @returns {Promise<number>}
 */
export async function freePort() {
  const port = await findFreePort();
  if (reservedPorts.has(port)) {
    return freePort(); // reserved for another of our servers, which may not listen yet
  }
  reservedPorts.add(port);
  return port;
}

/**
 * Starts a child process and collects its output.
 * @param {string} program
 * @param {string[]} args
 * @param {string} directory removed by close()
 * @param {Record<string, string>} [settings] additional environment variables
 */
export function start(program, args, directory, settings) {
  const env = { ...process.env, ...settings };
  const child = /** @type {Child} */ (spawn(program, args, { cwd: directory, env, stdio: ['pipe', 'pipe', 'pipe'] }));
  running.add(child);
  let stdout = '';
  let stderr = '';
  child.stdin.on('error', () => {}); // it has exited: its output explains why
  child.stdout.setEncoding('utf8').on('data', (text) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text) => {
    stderr += text;
  });
  const ended = new Promise((/** @type {(value: void) => void} */ resolve) => {
    child.once('close', () => resolve());
    child.once('error', (error) => {
      stderr += `${program} could not be started: ${error.message}\n`;
      resolve();
    });
  }).then(() => {
    running.delete(child);
  });
  const exited = () => child.exitCode !== null || child.signalCode !== null || child.pid === undefined;
  const output = () => stdout + stderr;

  /** @param {RegExp} pattern @param {number} [timeout] in milliseconds @returns {Promise<RegExpMatchArray>} */
  const seen = (pattern, timeout = SERVER_TIMEOUT_MS) =>
    new Promise((resolve, reject) => {
      const done = (/** @type {() => void} */ settle) => {
        clearTimeout(timer);
        child.stdout.off('data', check);
        child.stderr.off('data', check);
        settle();
      };
      const check = () => {
        const match = output().match(pattern);
        if (match) {
          done(() => resolve(match));
        }
      };
      const fail = (/** @type {string} */ reason) =>
        done(() => reject(new Error(`${program} ${reason} ${pattern}; its output:\n${output()}`)));
      const timer = setTimeout(() => fail(`did not print within ${timeout} ms`), timeout);
      child.stdout.on('data', check);
      child.stderr.on('data', check);
      ended.then(() => {
        check();
        fail('exited without printing');
      });
      check();
    });

  const stop = async () => {
    if (!exited()) {
      child.kill('SIGTERM');
    }
    const timer = setTimeout(() => child.kill('SIGKILL'), KILL_DELAY_MS);
    await ended;
    clearTimeout(timer);
  };
  const close = async () => {
    await stop();
    await rm(directory, { recursive: true, force: true });
  };
  return {
    pid: child.pid,
    stdout: () => stdout,
    stderr: () => stderr,
    write: (/** @type {string} */ text) => {
      child.stdin.write(text);
    },
    seen,
    /** Keeps the directory. */
    stop,
    close,
    exited,
    output,
  };
}

/** @typedef {ReturnType<typeof start>} Process */

const PORT_IN_USE = /address already in use|bind\(\) failed/i;

/**
 * Waits until the port accepts connections or the server exits.
 * @param {number} port
 * @param {Process} server
 */
export async function listening(port, server) {
  const limit = AbortSignal.timeout(SERVER_TIMEOUT_MS);
  while (!server.exited()) {
    const socket = connect({ host: '127.0.0.1', port });
    const open = await once(socket, 'connect').then(
      () => true,
      () => false,
    );
    socket.destroy();
    if (open) {
      return;
    }
    if (limit.aborted) {
      throw new Error(`No server on port ${port} after ${SERVER_TIMEOUT_MS} ms.`);
    }
    await delay(10);
  }
}

/**
 * Starts a server on a given port, and again if another process has taken the port in the meantime.
 * @param {(port: number) => Promise<Process>} launch
 * @param {RegExp} [ready] output once it listens; by default, try to connect
 * @returns {Promise<Server>}
 */
export async function startOnFreePort(launch, ready) {
  for (let attempt = 1; ; attempt++) {
    const port = await freePort();
    const server = await launch(port);
    const waiting = ready
      ? server.seen(new RegExp(`${ready.source}|${PORT_IN_USE.source}`, 'i'))
      : listening(port, server);
    const problem = await waiting.then(
      () => undefined,
      (error) => error,
    );
    const portInUse = PORT_IN_USE.test(server.output());
    if (problem === undefined && !portInUse && !server.exited()) {
      return { port, ...server };
    }
    await server.close();
    if (!portInUse || attempt === MAX_ATTEMPTS) {
      throw new Error(`The server did not start:\n${server.output()}`, { cause: problem });
    }
  }
}

/** Creates a temporary directory. @param {Record<string, string | Uint8Array>} files by name */
export async function directoryOf(files) {
  const directory = await mkdtemp(join(tmpdir(), 'pagetls-server-'));
  await Promise.all(Object.entries(files).map(([name, content]) => writeFile(join(directory, name), content)));
  return directory;
}

/* --- OpenSSL ------------------------------------------------------------------------ */

/**
 * OpenSSL's s_server. It serves one connection at a time.
 * @param {Case} pki
 * @param {object} [options]
 * @param {'rev' | 'www' | 'quiet' | 'interactive'} [options.mode] `rev` (the default) returns each line reversed;
 *   `www` answers HTTP with a status page; `quiet` sends its standard input and prints what it receives; `interactive`
 *   also accepts commands (`k`: KeyUpdate, `K`: KeyUpdate that requests one)
 * @param {string[]} [options.args] additional arguments
 * @param {string} [options.clientCA] PEM: requires a client certificate of this CA
 * @returns {Promise<Server>}
 */
export async function startOpenssl(pki, { mode = 'rev', args = [], clientCA } = {}) {
  const [, ...others] = pemBlocks(pki.chain);
  const launch = async (/** @type {number} */ port) => {
    const directory = await directoryOf({ 'others.pem': others.join(''), 'client-ca.pem': clientCA ?? '' });
    return start(
      'openssl',
      [
        ...['s_server', '-accept', `127.0.0.1:${port}`, '-cert', pki.files.leaf, '-key', pki.files.key],
        ...(others.length > 0 ? ['-cert_chain', 'others.pem'] : []),
        ...(pki.server.ciphers && !args.includes('-cipher') ? ['-cipher', pki.server.ciphers] : []),
        ...(clientCA ? ['-Verify', '1', '-verify_return_error', '-CAfile', 'client-ca.pem'] : []),
        ...(mode === 'interactive' ? [] : [`-${mode}`]),
        ...args,
      ],
      directory,
    );
  };
  if (mode === 'quiet') {
    return startOnFreePort(launch); // it does not print the port that the system picked
  }
  const server = await launch(0);
  try {
    const [, port] = await server.seen(/^ACCEPT 127\.0\.0\.1:(\d+)$/m);
    return { port: Number(port), ...server };
  } catch (error) {
    await server.close();
    throw error;
  }
}

/* --- nginx -------------------------------------------------------------------------- */

/**
 * nginx: one process in the foreground, without the system's configuration.
 * @param {Case} pki
 * @param {object} [options]
 * @param {string[]} [options.directives] additional lines of the server block, such as `location = /x { … }`
 * @param {Record<string, string | Uint8Array>} [options.files] content to serve, by name
 * @param {string[]} [options.protocols] TLSv1.2 and TLSv1.3 by default
 * @param {string} [options.ciphers] of TLS 1.2, by OpenSSL's names
 * @param {boolean} [options.http2] h2 as well as http/1.1 in ALPN
 * @param {string} [options.clientCA] PEM: requests a client certificate of this CA
 * @returns {Promise<Server>}
 */
export function startNginx(pki, options = {}) {
  const { directives = [], files = {}, protocols = ['TLSv1.2', 'TLSv1.3'], ciphers, http2 = false, clientCA } = options;
  return startOnFreePort(async (port) => {
    const directory = await directoryOf({ ...files, 'pagetls-client-ca.pem': clientCA ?? '' });
    const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'];
    const lines = [
      ...(process.getuid?.() === 0 ? ['user root;'] : []),
      ...['daemon off;', 'master_process off;', 'pid nginx.pid;', 'error_log stderr info;', 'events {}', 'http {'],
      ...temporary.map((name) => `${name}_temp_path ${directory}/${name};`),
      ...['access_log off;', 'default_type application/octet-stream;', 'server {'],
      `listen 127.0.0.1:${port} ssl${http2 ? ' http2' : ''};`,
      `ssl_certificate ${pki.files.chain};`,
      `ssl_certificate_key ${pki.files.key};`,
      `ssl_protocols ${protocols.join(' ')};`,
      `ssl_ciphers ${ciphers ?? pki.server.ciphers ?? 'DEFAULT'};`,
      ...(clientCA ? [`ssl_client_certificate ${directory}/pagetls-client-ca.pem;`, 'ssl_verify_client on;'] : []),
      `root ${directory};`,
      ...directives,
      '}',
      '}',
    ];
    await writeFile(join(directory, 'nginx.conf'), `${lines.join('\n')}\n`);
    return start(
      findProgram('nginx') ?? 'nginx',
      ['-e', 'stderr', '-p', directory, '-c', join(directory, 'nginx.conf')],
      directory,
    );
  }, /using the "\w+" event method/);
}

/* --- GnuTLS ------------------------------------------------------------------------- */

/**
 * GnuTLS's gnutls-serv as an echo server. It cannot listen on loopback only.
 * @param {Case} pki
 * @param {object} [options]
 * @param {string} [options.priority] a priority string, NORMAL by default
 * @param {'echo' | 'http'} [options.mode]
 * @param {string[]} [options.args] additional arguments
 * @param {string} [options.clientCA] PEM: requires a client certificate of this CA
 * @returns {Promise<Server>}
 */
export function startGnutls(pki, { priority = 'NORMAL', mode = 'echo', args = [], clientCA } = {}) {
  return startOnFreePort(async (port) => {
    const directory = await directoryOf({ 'client-ca.pem': clientCA ?? '' });
    return start(
      'gnutls-serv',
      [
        ...[`--${mode}`, '--port', String(port), '--priority', priority],
        ...['--x509certfile', pki.files.chain, '--x509keyfile', pki.files.key],
        ...(clientCA
          ? ['--require-client-cert', '--verify-client-cert', '--x509cafile', 'client-ca.pem']
          : ['--disable-client-cert']),
        ...args,
      ],
      directory,
    );
  }, /listening on IPv4 \S+ port \d+\.\.\.done/);
}

/* --- Node --------------------------------------------------------------------------- */

/**
 * Node's TLS server, in this process.
 * @param {Case} pki
 * @param {import('node:tls').TlsOptions} [options]
 * @param {(socket: import('node:tls').TLSSocket) => void} [onConnection] echoes by default
 * @returns {Promise<{port: number, server: import('node:tls').Server, stderr: () => string, close: () => Promise<void>}>}
 *   `stderr` returns errors of handshakes and connections
 */
export async function startNodeTls(pki, options = {}, onConnection = (socket) => socket.pipe(socket)) {
  let log = '';
  /** @type {Set<import('node:net').Socket>} */
  const sockets = new Set();
  const server = tls.createServer({ cert: pki.chain, key: pki.key, ...options }, (socket) => {
    socket.on('error', (error) => {
      log += `${error.message}\n`;
    });
    onConnection(socket);
  });
  server.on('tlsClientError', (error) => {
    log += `${error.message}\n`;
  });
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: /** @type {import('node:net').AddressInfo} */ (server.address()).port,
    server,
    stderr: () => log,
    async close() {
      const closed = once(server, 'close');
      server.close();
      for (const socket of sockets) {
        socket.destroy();
      }
      await closed;
    },
  };
}
