/** A page's use of the package: each call as it is meant, and mistakes that the types find. No types of Node are needed. */
import {
  connect,
  parseCertificate,
  readDocuments,
  startTls,
  streams,
  TLSError,
  TLSSocket,
  TrustStore,
  verifyChain,
  websockify,
} from 'pagetls';
import type {
  Certificate,
  ConnectOptions,
  ErrorCode,
  Info,
  InputDocument,
  PlainConnectOptions,
  Problem,
  ProblemCode,
  Skipped,
  Socket,
  StarttlsProtocol,
  Transport,
  Verification,
} from 'pagetls';
import { createFetch } from 'pagetls/fetch';
import { connect as connectInServiceWorker, load } from 'pagetls/service-worker';
import type { Fetch, FetchOptions } from 'pagetls/fetch';
import { streams as alsoStreams } from 'pagetls/transports/streams';
import { CLOSE_CODES, websockify as alsoWebsockify } from 'pagetls/transports/websockify';

/** Whether two types are the same: `any` is none but itself. */
type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
const isTrue = <T extends true>(): T | undefined => undefined;

export async function connects(trust: TrustStore, signal: AbortSignal): Promise<void> {
  const options: ConnectOptions = {
    bridge: new URL('wss://bridge.example/'),
    servername: 'db.example',
    ALPNProtocols: ['http/1.1'],
    minVersion: 'TLSv1.3',
    groups: ['X25519', 'P-256'],
    trust,
    profile: 'webpki',
    now: new Date(),
    signal,
    timeout: 5000,
    rejectUnauthorized: false,
    checkServerIdentity: (hostname, certificate) =>
      certificate.subject.text.includes(hostname) ? undefined : new Error('another name'),
    verify: async (verification, socket) => {
      isTrue<Same<typeof verification, Verification>>();
      isTrue<Same<typeof socket, TLSSocket>>();
    },
    clientCertificate: async () => null,
    keylog: (line) => line.trim(),
  };
  const socket = connect('db.example:443', options);
  isTrue<Same<typeof socket, TLSSocket>>();
  const info = await socket.opened;
  isTrue<Same<typeof info, Info>>();
  const names: string[] = info.verification.path.map(({ subject }) => subject.text);
  await socket.write(`GET / HTTP/1.1\r\nHost: ${names.join()}\r\n\r\n`);
  await socket.write(new Uint8Array(3));
  await socket.write(new ArrayBuffer(3));
  await socket.write(new DataView(new ArrayBuffer(3)));
  for (let bytes = await socket.read(); bytes !== null; bytes = await socket.read()) {
    const first: number | undefined = bytes[0];
    new Blob([bytes, String(first)]); // only bytes in an ArrayBuffer are a BlobPart
  }
  const reader: ReadableStreamDefaultReader<Uint8Array> = socket.readable.getReader();
  const chunk = await reader.read();
  if (!chunk.done) chunk.value.subarray(1);
  await socket.writable.getWriter().write(new Uint8Array(1));
  const binding: Uint8Array = socket.channelBinding('tls-exporter');
  const material: Uint8Array = socket.exportKeyingMaterial(32, 'label', binding);
  const cipher: string | undefined = socket.getCipher()?.name;
  const leaf: Certificate | null = socket.peerCertificate;
  await socket.close([material, cipher, leaf]);
  await socket.closed;

  // @ts-expect-error an option that does not exist
  connect('db.example:443', { servernames: ['db.example'] });
  // @ts-expect-error a protocol that is not supported
  connect('db.example:443', { minVersion: 'TLSv1.1' });
  // @ts-expect-error a list is meant
  connect('db.example:443', { ALPNProtocols: 'http/1.1' });
  // @ts-expect-error a group that does not exist
  connect('db.example:443', { groups: ['X448'] });
  // @ts-expect-error a Date is meant
  connect('db.example:443', { now: '2026-06-15' });
  // @ts-expect-error only a TrustStore says what is trusted
  connect('db.example:443', { trust: 'root.pem' });
  // @ts-expect-error a profile that does not exist
  connect('db.example:443', { profile: 'strict' });
  // @ts-expect-error left out is not undefined with exactOptionalPropertyTypes
  connect('db.example:443', { servername: undefined });
  // @ts-expect-error an address is needed
  connect(443);
  // @ts-expect-error text and bytes only
  await socket.write(5);
  // @ts-expect-error a type that does not exist
  socket.channelBinding('tls-unique');
  // @ts-expect-error read-only
  socket.opened = Promise.resolve(info);
  // @ts-expect-error null at the end
  (await socket.read()).length;
}

export async function upgrades(pair: { readable: ReadableStream<Uint8Array>; writable: WritableStream<Uint8Array> }) {
  const options: PlainConnectOptions = { secureTransport: 'starttls', bridge: 'wss://bridge.example/' };
  const socket = connect({ hostname: 'db.example', port: 5432 }, options);
  isTrue<Same<typeof socket, Socket>>();
  const upgraded: TLSSocket = socket.startTls({ servername: 'db.example' });
  const over: TLSSocket = startTls(pair, { hostname: 'db.example' });
  const protocol: StarttlsProtocol = 'postgres';
  const database: TLSSocket = connect('db.example', { starttls: protocol });
  await Promise.all([upgraded.opened, over.opened, database.opened]);

  // @ts-expect-error a plaintext socket has no cipher
  socket.getCipher();
  // @ts-expect-error a protocol that does not exist
  connect('db.example', { starttls: 'oracle' });
  // @ts-expect-error streams are needed
  startTls({ readable: pair.readable }, { hostname: 'db.example' });
  // @ts-expect-error the transport is the one of the socket
  socket.startTls({ bridge: 'wss://bridge.example/' });
}

export async function verifies(pem: string, der: Uint8Array): Promise<ProblemCode[]> {
  const trust = await TrustStore.from(pem, der, [pem, der]);
  const mozilla = await TrustStore.mozilla();
  const system: TrustStore = await TrustStore.system(pem);
  const skipped: Skipped[] = system.skipped;
  const result = await verifyChain([pem, der], {
    trust,
    hostname: 'db.example',
    now: new Date(),
    crls: pem,
    maxDepth: 3,
  });
  isTrue<Same<typeof result, Verification>>();
  const problems: Problem[] = result.problems;
  const certificate: Certificate = await parseCertificate(pem);
  const documents: InputDocument[] = await readDocuments(der);
  const version: string | undefined = mozilla.version;
  new Set([skipped.length, certificate.fingerprints.sha256, documents[0]?.kind, version]);

  // @ts-expect-error an option that does not exist
  await verifyChain(pem, { hostName: 'db.example' });
  // @ts-expect-error PEM or DER
  await TrustStore.from(5);
  // @ts-expect-error there may be none
  problems[0].code;
  // @ts-expect-error a code that does not exist
  if (problems[0]?.code === 'too-old') throw new Error();
  return problems.map(({ code }) => code);
}

export function explains(error: unknown): string {
  if (!(error instanceof TLSError)) throw error;
  const code: ErrorCode = error.code;
  isTrue<Same<typeof error.hint, string>>();
  if (code === 'ERR_TLS_HOST_NOT_FOUND') return error.hint;
  // @ts-expect-error a code that does not exist
  if (code === 'ERR_TLS_NO_SUCH_CODE') throw error;
  return error.verification?.problems[0]?.message ?? error.message;
}

export function transports(pair: {
  readable: ReadableStream<Uint8Array>;
  writable: WritableStream<Uint8Array>;
}): Transport[] {
  const own: Transport = async ({ hostname, port }, { signal }) => {
    signal.throwIfAborted();
    return { ...pair, remoteAddress: `${hostname}:${port}` };
  };
  CLOSE_CODES;
  // @ts-expect-error an option that does not exist
  websockify('wss://bridge.example/', { retry: 1 });
  // @ts-expect-error a number is meant
  websockify('wss://bridge.example/', { retries: '1' });
  // @ts-expect-error a transport gives streams
  const wrong: Transport = async () => pair.readable;
  return [
    own,
    wrong,
    websockify('wss://bridge.example/', { token: async ({ hostname }) => hostname, retries: 0 }),
    alsoWebsockify(new URL('wss://bridge.example/')),
    streams(pair),
    alsoStreams(pair),
  ];
}

export async function loads(wasm: object, roots: Uint8Array): Promise<object> {
  const socket: TLSSocket = connectInServiceWorker('db.example:443', { bridge: 'wss://bridge.example/' });
  await socket.opened;

  // @ts-expect-error an option that does not exist
  await load(wasm, { roots });
  // @ts-expect-error bytes are meant
  await load(wasm, { mozillaRoots: 'roots' });
  return load(wasm, { mozillaRoots: roots, rootSignatures: roots.slice().buffer, publicSuffixes: 'example\n' });
}

export async function fetches(trust: TrustStore): Promise<unknown> {
  const options: FetchOptions = { bridge: 'wss://bridge.example/', trust, maxConnections: 2 };
  const fetch: Fetch = createFetch(options);
  const asTheStandards: typeof globalThis.fetch = fetch;
  const response: Response = await fetch('https://db.example/', { method: 'POST', body: 'text', redirect: 'manual' });
  await fetch.close();

  // @ts-expect-error fetch() sets it
  createFetch({ ALPNProtocols: ['h2'] });
  // @ts-expect-error a number is meant
  createFetch({ idleTimeout: '10 s' });
  // @ts-expect-error an option that does not exist
  await asTheStandards('https://db.example/', { methods: 'POST' });
  return response.json();
}
