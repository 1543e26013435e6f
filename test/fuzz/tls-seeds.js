/**
 * The seeds of fuzz_tls (tls.h): handshakes, messages after them, and the expected outcome of each.
 */
import { createIssuer } from '../../certs/build.js';
import { PROFILES } from '../../certs/profiles.js';
import { encodeInput } from './input.js';
import {
  join,
  uint,
  vector,
  bytes,
  fill,
  ALERT,
  HANDSHAKE,
  DATA,
  plain,
  TAG,
  BAD,
  tls13,
  tls12,
  closeNotify,
  fragments,
  message,
  extension,
  X25519,
  P256,
  ECDSA,
  RSA_PKCS1,
  RSA_PSS,
  ED25519,
  serverHello,
  supportedVersions,
  keyShare,
  alpn,
  signature,
  ticket,
  ticketWith,
  keyUpdate,
  keyUpdateRequest,
  flight13,
  flight12,
  helloRequest,
  laterRequest,
  renegotiationInfo,
} from './tls-records.js';

/** @typedef {import('./input.js').Part} Part */
/** @typedef {'done' | 'failed' | 'either'} End whether the handshake is done or the connection fails */
/** @typedef {{ name: string, input: Uint8Array, end: End, read: number, wrote: number }} Seed `read`, `wrote`: bytes */

/** Bits of the option octets (tls.h); the first has the profile. */
const RFC5280 = 1;
const OPTIONAL = 0x04;
const FAIL_ALLOCATION = 0x20;
const SLOW = 0xc0;
const [BOTH, ONLY12, ONLY13] = [0, 1, 2];
const KEYLOG = 0x20;
const RUN_TWICE = 0x40;
const REQUESTS = 0x80;
/** @param {number} index of the chunk sizes in fuzz_tls.c: all, 1, 2, 5, 7, 100, 1000, 16384 */
const step = (index) => index << 2;

/** @param {Uint8Array} wire @returns {Part} */
const wire = (wire) => ['W', wire];
/** @param {number} length @returns {Uint8Array} */
const length = (length) => uint(length, 2);
/** Repeats the unit. @param {number} count @param {Uint8Array} unit @param {Uint8Array} [before] @param {Uint8Array} [after] @returns {Part} */
const repeated = (count, unit, before = fill(0, 0), after = fill(0, 0)) => [
  'R',
  join(length(count), length(before.length), length(unit.length), before, unit, after),
];
/** A record with application data of that length. @param {number} count @param {Uint8Array} [around] bytes after the data @returns {Part} */
const largeRecord = (count, around = join(DATA, TAG)) =>
  repeated(count, fill(1, 0x61), join(DATA, 3, 3, uint(count + around.length, 2)), around);
/** @type {Part} */
const eof = ['E', fill(0, 0)];
/** @type {Part} */
const close = ['Z', fill(0, 0)];

/**
 * The certificates of a case, and the criteria to verify them.
 * @param {ReturnType<typeof createIssuer>} issuing
 * @param {string} id
 */
async function chainOf({ issue, issueCrl }, id) {
  const profile = PROFILES.find((one) => one.id === id);
  if (profile === undefined) throw new Error(`unknown case ${id}`);
  const ders = (/** @type {string[]} */ names) =>
    Promise.all(names.map(async (name) => (await issue(profile, name)).der));
  const anchors = await ders(profile.trust);
  const crls = await Promise.all(profile.crls.map((crl) => issueCrl(profile, crl)));
  /** @type {Part[]} */
  const criteria = [
    ...anchors.map((der) => /** @type {const} */ (['A', der])),
    ...crls.map((der) => /** @type {const} */ (['L', der])),
    ['H', bytes(profile.hostname)],
    ['S', bytes(profile.hostname)],
  ];
  return { leaf: profile.server.chain[0], sent: await ders(profile.server.chain), criteria };
}

/**
 * A client's certificate and key.
 * @param {ReturnType<typeof createIssuer>} issuing
 * @param {string} id
 * @param {string} name
 * @returns {Promise<Part[]>}
 */
async function identity({ issue }, id, name) {
  const profile = PROFILES.find((one) => one.id === id);
  if (profile === undefined) throw new Error(`unknown case ${id}`);
  const { der, key } = await issue(profile, name);
  return [
    ['C', der],
    ['K', new Uint8Array(key.export({ type: 'pkcs8', format: 'der' }))],
  ];
}

/** @param {ReturnType<typeof createIssuer>} issuing @returns {Promise<Seed[]>} */
export async function tlsSeeds(issuing) {
  const p256 = await chainOf(issuing, 'good-p256');
  const rsa = await chainOf(issuing, 'good-rsa2048');
  const ed25519 = await chainOf(issuing, 'good-ed25519-key');
  const revocable = await chainOf(issuing, 'good-crl');
  const expired = await chainOf(issuing, 'expired');
  const client = await identity(issuing, 'client', 'client-good');
  const rsaClient = await identity(issuing, 'good-rsa2048', rsa.leaf);
  const open13 = tls13();
  const open12 = tls12(0);
  const hello = open13(DATA, bytes('hello'));
  const bye = open13(ALERT, closeNotify);
  const good = flight13(p256.sent);
  /** @type {Seed[]} */
  const seeds = [];
  /**
   * @param {string} name
   * @param {Part[]} parts
   * @param {{ options?: number[], end?: End, read?: number, wrote?: number }} [expected]
   */
  const add = (name, parts, { options = [0, 0], end = 'done', read = 0, wrote = 0 } = {}) => {
    const [first, second = 0, ...allocation] = options;
    seeds.push({ name, input: encodeInput(parts, [first, second, ...uint(allocation[0] ?? 0, 2)]), end, read, wrote });
  };
  /** A handshake of TLS 1.3, followed by other parts. @param {...(Part | Uint8Array)} after @returns {Part[]} */
  const session = (...after) => [
    ...p256.criteria,
    wire(good),
    ...after.map((one) => (one instanceof Uint8Array ? wire(one) : one)),
  ];

  // Handshakes of TLS 1.3.
  add('13', session(hello, bye, close), { read: 5, options: [0, RUN_TWICE | KEYLOG] });
  add('13-small-pieces', session(hello), { read: 5, options: [0, ONLY13 | step(1) | RUN_TWICE] });
  add('13-aes', [...p256.criteria, wire(flight13(p256.sent, { suite: 0x1301 })), wire(hello)], { read: 5 });
  add('13-aes256', [...p256.criteria, wire(flight13(p256.sent, { suite: 0x1302 })), wire(hello)], { read: 5 });
  add('13-ccm', [...p256.criteria, wire(flight13(p256.sent, { suite: 0x1304 })), wire(hello)], { read: 5 });
  add('13-rsa', [...rsa.criteria, wire(flight13(rsa.sent, { algorithm: RSA_PSS })), wire(hello)], { read: 5 });
  const byEd25519 = signature(ED25519, 64);
  add(
    '13-ed25519',
    [...ed25519.criteria, wire(flight13(ed25519.sent, { verify: message(15, byEd25519) })), wire(hello)],
    {
      options: [RFC5280, 0],
      read: 5,
    },
  );
  add('12-ed25519', [...ed25519.criteria, wire(flight12(ed25519.sent, { signed: byEd25519 }))], {
    options: [RFC5280, ONLY12],
  });
  add(
    '13-ed25519-bad',
    [
      ...ed25519.criteria,
      wire(flight13(ed25519.sent, { verify: message(15, uint(ED25519, 2), vector(2, join(BAD, fill(60, 1)))) })),
    ],
    { options: [RFC5280, 0], end: 'failed' },
  );
  add(
    '12-ed25519-bad',
    [
      ...ed25519.criteria,
      wire(flight12(ed25519.sent, { signed: join(uint(ED25519, 2), vector(2, join(BAD, fill(60, 1)))) })),
    ],
    { options: [RFC5280, ONLY12], end: 'failed' },
  );
  add('13-fragments', [...p256.criteria, wire(flight13(p256.sent, { fragment: 30 })), wire(hello)], {
    read: 5,
    options: [0, step(4) | RUN_TWICE],
  });
  add('13-no-compatibility-mode', [...p256.criteria, wire(flight13(p256.sent, { compatible: false })), wire(hello)], {
    read: 5,
  });
  add('13-retry', [...p256.criteria, wire(flight13(p256.sent, { retry: true })), wire(hello)], {
    read: 5,
    options: [0, RUN_TWICE],
  });
  add('13-client', [...p256.criteria, ...client, wire(flight13(p256.sent, { asks: true })), wire(hello)], { read: 5 });
  add('13-client-rsa', [...p256.criteria, ...rsaClient, wire(flight13(p256.sent, { asks: true })), wire(hello)], {
    read: 5,
  });
  add('13-cookie', [...p256.criteria, wire(flight13(p256.sent, { retry: true, cookie: true })), wire(hello)], {
    read: 5,
  });
  for (const fragment of [1, 3]) {
    add(`13-fragments-of-${fragment}`, [...p256.criteria, wire(flight13(p256.sent, { fragment })), wire(hello)], {
      read: 5,
      options: [0, step(5) | RUN_TWICE],
    });
  }
  add('13-client-without', [...p256.criteria, wire(flight13(p256.sent, { asks: true })), wire(hello)], { read: 5 });
  add(
    '13-extensions',
    [
      ...p256.criteria,
      ['P', bytes('\x02h2\x08http/1.1')],
      wire(flight13(p256.sent, { extensions: [extension(0), extension(10, vector(2, uint(X25519, 2))), alpn('h2')] })),
      wire(hello),
    ],
    { read: 5 },
  );
  add(
    '13-ciphers',
    [
      ...p256.criteria,
      ['Y', bytes('TLS_AES_128_CCM_8_SHA256,TLS_AES_128_GCM_SHA256')],
      wire(flight13(p256.sent, { suite: 0x1301 })),
      wire(hello),
    ],
    { read: 5 },
  );
  add('13-crl', [...revocable.criteria, wire(flight13(revocable.sent)), wire(hello)], { read: 5 });
  add('13-out-of-memory', session(hello, ['O', bytes('answer')], bye), {
    read: 5,
    wrote: 6,
    options: [FAIL_ALLOCATION, 0, 90],
  });

  // Handshakes of TLS 1.2.
  const suites = /** @type {const} */ ([
    ['chacha', 0xcca9, ECDSA, X25519, p256],
    ['gcm', 0xc02b, ECDSA, P256, p256],
    ['gcm256', 0xc02c, ECDSA, X25519, p256],
    ['ccm', 0xc0ac, ECDSA, X25519, p256],
    ['rsa', 0xcca8, RSA_PKCS1, X25519, rsa],
    ['rsa-pss', 0xc02f, RSA_PSS, P256, rsa],
  ]);
  for (const [name, suite, algorithm, group, { sent, criteria }] of suites) {
    const open = tls12(suite === 0xcca8 || suite === 0xcca9 ? 0 : 8);
    add(
      `12-${name}`,
      [
        ...criteria,
        wire(flight12(sent, { suite, algorithm, group })),
        wire(open(DATA, bytes('hello'))),
        ['O', bytes('answer')],
        wire(open(ALERT, closeNotify)),
        close,
      ],
      { read: 5, wrote: 6, options: [0, (name === 'chacha' ? BOTH : ONLY12) | RUN_TWICE | KEYLOG] },
    );
  }
  add('12-together', [...p256.criteria, wire(flight12(p256.sent, { together: true })), eof], {
    options: [0, step(3)],
    end: 'failed',
  });
  for (const [name, own] of /** @type {const} */ ([
    ['12-client', client],
    ['12-client-rsa', rsaClient],
    ['12-client-without', []],
  ])) {
    add(
      name,
      [...p256.criteria, ...own, wire(flight12(p256.sent, { asks: true })), wire(open12(DATA, bytes('hello')))],
      {
        read: 5,
      },
    );
  }
  /** @type {Part[]} */
  const waits = [['N', fill(0, 0)]];
  /** @type {Part[]} */
  const answers13 = [['T', fill(0, 0)], wire(hello)];
  const asking13 = wire(flight13(p256.sent, { asks: true }));
  const asking12 = wire(flight12(p256.sent, { asks: true }));
  add('13-client-waits', [...p256.criteria, ...waits, asking13, ...client, ...answers13], {
    read: 5,
    options: [0, step(2) | RUN_TWICE],
  });
  add('13-client-waits-without', [...p256.criteria, ...waits, asking13, ...answers13], { read: 5 });
  add('13-client-waits-of-two', [...p256.criteria, ...waits, ...rsaClient, asking13, ...client, ...answers13], {
    read: 5,
  });
  add('12-client-waits', [...p256.criteria, ...waits, asking12, ...client, ['T', fill(0, 0)]], {
    options: [0, step(2) | RUN_TWICE],
  });
  add('12-client-waits-unanswered', [...p256.criteria, ...waits, asking12, wire(fill(70_000, 1))], { end: 'either' });
  const gcm256 = flight12(p256.sent, { suite: 0xc02c, asks: true });
  add('12-client-sha384', [...p256.criteria, ...client, wire(gcm256)]);
  add('12-fragment-length', [...p256.criteria, wire(flight12(p256.sent, { extensions: [extension(1, fill(1, 1))] }))], {
    end: 'failed',
  });
  add(
    '12-bad-signature',
    [...p256.criteria, wire(flight12(p256.sent, { signed: join(uint(ECDSA, 2), vector(2, join(BAD, fill(66, 1)))) }))],
    { end: 'failed' },
  );
  add(
    '12-alpn',
    [
      ...p256.criteria,
      ['P', bytes('\x02h2\x08http/1.1')],
      wire(flight12(p256.sent, { extensions: [alpn('http/1.1')] })),
    ],
    { options: [0, ONLY12] },
  );
  const answers = [extension(0), extension(10, vector(2, uint(X25519, 2))), extension(11, vector(1, fill(1, 0)))];
  add('12-extensions', [...p256.criteria, wire(flight12(p256.sent, { extensions: answers }))], {
    options: [0, ONLY12],
  });
  add('12-extension-unasked', [...p256.criteria, wire(flight12(p256.sent, { extensions: [extension(5)] }))], {
    end: 'failed',
  });
  add(
    '12-downgraded',
    [...p256.criteria, wire(flight12(p256.sent, { random: join(fill(24, 5), bytes('DOWNGRD'), 1) }))],
    {
      end: 'failed',
    },
  );
  add('12-hello-request', [
    ...p256.criteria,
    wire(flight12(p256.sent)),
    wire(open12(HANDSHAKE, message(0))),
    wire(open12(ALERT, Uint8Array.of(1, 100))),
  ]);
  add('12-out-of-memory', [...p256.criteria, wire(flight12(p256.sent)), ['O', bytes('answer')]], {
    wrote: 6,
    options: [FAIL_ALLOCATION, ONLY12, 90],
  });

  // Invalid peers.
  add('13-expired', [...expired.criteria, wire(flight13(expired.sent))], { end: 'failed' });
  add('13-expired-optional', [...expired.criteria, wire(flight13(expired.sent)), wire(hello)], {
    options: [OPTIONAL, 0],
    read: 5,
  });
  add('12-untrusted-optional', [['H', bytes('a.test')], wire(flight12(p256.sent))], { options: [OPTIONAL, ONLY12] });
  add(
    '13-bad-signature',
    [
      ...p256.criteria,
      wire(flight13(p256.sent, { verify: message(15, uint(ECDSA, 2), vector(2, join(BAD, fill(66, 1)))) })),
    ],
    { end: 'failed' },
  );
  add(
    '13-other-algorithm',
    [...p256.criteria, wire(flight13(p256.sent, { verify: message(15, signature(RSA_PSS)) }))],
    { end: 'failed' },
  );
  const answered = message(
    11,
    vector(1),
    vector(3, vector(3, p256.sent[0]), vector(2, extension(5, fill(8, 1))), vector(3, p256.sent[1]), vector(2)),
  );
  add('13-certificate-extension', [...p256.criteria, wire(flight13([], { certificate: answered }))], { end: 'either' });
  add('13-bad-finished', [...p256.criteria, wire(flight13(p256.sent, { finished: join(BAD, fill(28, 0)) }))], {
    end: 'failed',
  });
  add('13-bad-record', session(tls13(0, join(BAD, fill(12, 0)))(DATA, bytes('evil'))), { end: 'failed' });
  add('13-no-certificate', [...p256.criteria, wire(flight13([]))], { end: 'failed' });
  add('no-tls', [...p256.criteria, wire(bytes('HTTP/1.1 400 Bad Request\r\n\r\n'))], { end: 'failed' });
  add('fatal-alert', [...p256.criteria, wire(plain(ALERT, Uint8Array.of(2, 40)))], { end: 'failed' });
  add('empty', [...p256.criteria, eof], { end: 'failed' });
  add('wrong-versions', session(hello), { options: [0, 3], read: 5 });
  add('no-host', [wire(good)], { end: 'failed' });

  // After a handshake.
  add('13-tickets', session(open13(HANDSHAKE, join(ticket, ticket)), hello), { read: 5 });
  const extended = ticketWith(extension(42, uint(1000, 4)), extension(62, vector(1, fill(1, 1))), extension(0xfade));
  add('13-ticket-extensions', session(open13(HANDSHAKE, join(extended, ticket)), hello), { read: 5 });
  const twice = ticketWith(extension(0xfade), extension(0xfade));
  add('13-ticket-malformed', session(hello, open13(HANDSHAKE, join(ticket, twice))), { end: 'failed', read: 5 });
  const update = open13(HANDSHAKE, keyUpdate);
  const request = open13(HANDSHAKE, keyUpdateRequest);
  const updateKeys = /** @type {Part} */ (['V', fill(0, 0)]);
  add('13-key-update', session(update, hello), { read: 5 });
  add('13-key-update-requests', session(join(request, hello, request), ['O', bytes('answer')], hello), {
    options: [0, KEYLOG | RUN_TWICE | step(5)],
    read: 10,
    wrote: 6,
  });
  add('13-key-update-sent', session(updateKeys, ['O', bytes('data')], update, hello, updateKeys, close), {
    options: [SLOW, RUN_TWICE],
    read: 5,
    wrote: 4,
  });
  add('13-key-update-slow', session(['G', length(50000)], request, updateKeys, ['G', length(50000)], request, hello), {
    options: [SLOW, RUN_TWICE],
    read: 5,
    wrote: 100000,
  });
  add('13-key-update-fragments', session(fragments(open13, HANDSHAKE, join(ticket, keyUpdateRequest), 1), hello), {
    read: 5,
  });
  add('13-key-update-first', session(open13(HANDSHAKE, join(keyUpdate, ticket))), { end: 'failed' });
  add('13-key-update-malformed', session(open13(HANDSHAKE, message(24, fill(1, 2)))), { end: 'failed' });
  add('13-key-update-no-memory', session(request, updateKeys, hello), { options: [FAIL_ALLOCATION, 0, 150], read: 5 });
  add('13-key-updates', session(repeated(32, update), hello), { read: 5 });
  add('13-key-updates-too-many', session(repeated(33, update), hello), { end: 'failed' });
  add('12-key-update', [...p256.criteria, wire(flight12(p256.sent)), updateKeys, ['O', bytes('data')]], {
    options: [0, ONLY12],
    wrote: 4,
  });
  const empty = open13(DATA, fill(0, 0));
  add('13-empty', session(join(empty, empty), tls13(40)(DATA, bytes('padded')), hello), { read: 11 });
  add('13-empty-records', session(repeated(32, empty), hello, repeated(32, empty), hello), { read: 10 });
  add('13-empty-records-too-many', session(hello, repeated(33, empty)), { end: 'failed', read: 5 });
  add('13-warning', session(open13(ALERT, Uint8Array.of(1, 90)), hello), { read: 5 });
  const noRenegotiation = open13(ALERT, Uint8Array.of(1, 100));
  add('13-no-renegotiation', session(join(noRenegotiation, hello)), { end: 'failed' });
  add('13-fatal', session(hello, open13(ALERT, Uint8Array.of(2, 80)), hello), { end: 'failed', read: 5 });
  add('13-truncated', session(hello, eof), { end: 'failed', read: 5 });
  add('13-split-message', session(fragments(open13, HANDSHAKE, ticket, 10), hello), { read: 5 });
  add('13-exports', session(['X', bytes('EXPORTER-a')], hello, ['J', fill(0, 0)]), { read: 5, options: [0, KEYLOG] });
  add('13-writes-early', [...p256.criteria, ['O', bytes('early')], wire(good), ['O', bytes('late')]], {
    wrote: 9,
    options: [0, RUN_TWICE],
  });
  add(
    '13-writes-large',
    session(['G', length(50000)], ['G', length(50000)], ['Q', length(7000)], ['G', length(9000)], close),
    { options: [SLOW, RUN_TWICE], wrote: 109000 },
  );
  add(
    '13-reads-large',
    session(
      largeRecord(16000),
      largeRecord(16000),
      largeRecord(16000),
      ['I', length(100)],
      largeRecord(16000),
      largeRecord(16000),
      bye,
    ),
    {
      options: [SLOW, RUN_TWICE | step(6)],
      read: 80000,
    },
  );
  add('13-record-too-long', session(largeRecord(16385)), { end: 'failed' });
  add('13-closes-first', session(close, hello, ['O', bytes('no')], bye), { read: 5 });
  add('13-closed-then-writes', session(bye, ['O', bytes('answer')], close), { wrote: 6 });

  // Requests for a client certificate after the handshake.
  const withRequests = { options: [0, REQUESTS | RUN_TWICE] };
  const ask = (/** @type {number} */ context) => open13(HANDSHAKE, laterRequest(context));
  const later = join(ask(1), open13(HANDSHAKE, keyUpdateRequest), ask(2), hello);
  for (const [name, own] of /** @type {const} */ ([
    ['none', []],
    ['p256', client],
    ['rsa', rsaClient],
  ])) {
    const parts = [...own, ...p256.criteria, wire(good), wire(later), ['O', bytes('data')], wire(ask(3)), close];
    add(`13-later-${name}`, /** @type {Part[]} */ (parts), { ...withRequests, read: 5, wrote: 4 });
    const extensions = [renegotiationInfo, extension(23)];
    const again = flight12(p256.sent, { asks: true, again: true, extensions });
    const first = flight12(p256.sent);
    const request = open12(HANDSHAKE, helloRequest);
    add(
      `12-later-${name}`,
      /** @type {Part[]} */ ([
        ...own,
        ...p256.criteria,
        wire(join(first, open12(DATA, bytes('hello')), request)),
        ['O', bytes('data')],
        wire(join(request, again)),
        wire(join(request, again, open12(ALERT, closeNotify))),
        close,
      ]),
      { options: [0, REQUESTS | ONLY12 | KEYLOG], read: 5 },
    );
  }
  add('13-later-refused', [...p256.criteria, wire(good), wire(ask(1))], { end: 'failed' });
  add('13-later-reused', [...p256.criteria, wire(good), wire(join(ask(1), ask(1)))], {
    ...withRequests,
    end: 'failed',
  });

  // Messages longer than a record: the intermediate is repeated.
  const entry = join(vector(3, p256.sent[1]), vector(2));
  const [leaf] = p256.sent;
  const records = 4;
  const each = Math.floor(15000 / entry.length);
  const list = 3 + leaf.length + 2 + records * each * entry.length;
  const start = join(11, uint(1 + 3 + list, 3), 0, uint(list, 3), vector(3, leaf), vector(2));
  add(
    '13-long',
    [
      ...p256.criteria,
      wire(
        join(
          plain(HANDSHAKE, serverHello({ extensions: [supportedVersions, keyShare(X25519)] })),
          open13(HANDSHAKE, message(8, vector(2))),
          open13(HANDSHAKE, start),
        ),
      ),
      ...Array.from({ length: records }, () =>
        repeated(each, entry, join(DATA, 3, 3, uint(each * entry.length + 17, 2)), join(HANDSHAKE, TAG)),
      ),
      wire(join(open13(HANDSHAKE, message(15, signature(ECDSA))), open13(HANDSHAKE, message(20, fill(32, 3))), hello)),
    ],
    { read: 5 },
  );
  const long = join(11, uint(70000, 3), fill(100, 0));
  add(
    '12-too-long',
    [
      ...p256.criteria,
      wire(plain(HANDSHAKE, serverHello({ suite: 0xcca9, sessionId: fill(0, 0) }))),
      wire(plain(HANDSHAKE, long)),
    ],
    { end: 'failed' },
  );
  return seeds;
}
