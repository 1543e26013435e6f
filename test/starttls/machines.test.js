/** The dialogues before TLS, without a network: what is sent, what is accepted, and how everything else is rejected. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { STARTTLS_MAX_BYTES, STARTTLS_MAX_LINE_BYTES } from '../../dist/limits.js';
import { StarttlsMachine } from '../../dist/starttls/machine.js';
import { STARTTLS_PORTS, STARTTLS_PROTOCOLS } from '../../dist/starttls/protocols.js';
import { TLSError } from '../../dist/index.js';
import { CONTEXT } from '../../messages/starttls.js';

/** @typedef {import('../../dist/index.js').StarttlsProtocol} Protocol */

const HOST = 'host.example';
/** @param {...string} lines */
const crlf = (...lines) => lines.map((line) => `${line}\r\n`).join('');
/** @param {string} text Latin-1 @returns {Uint8Array} */
const toBytes = (text) => new Uint8Array(Buffer.from(text, 'latin1'));
/** @param {string} hex */
const hex = (hex) => Buffer.from(hex.replaceAll(' ', ''), 'hex').toString('latin1');

const XMPP = (/** @type {string} */ kind) =>
  `<?xml version='1.0'?><stream:stream xmlns='jabber:${kind}' xmlns:stream='http://etherx.jabber.org/streams' to='${HOST}' version='1.0'>`;
const STREAM = `<?xml version='1.0'?><stream:stream id="a>b" xmlns:stream='http://etherx.jabber.org/streams' version='1.0' xmlns='jabber:client'>`;
const NS = `xmlns='urn:ietf:params:xml:ns:xmpp-tls'`;
const START = `<starttls ${NS}/>`;
const FEATURES = `<stream:features><starttls ${NS}><required/></starttls><mechanisms xmlns='x'><mechanism>PLAIN</mechanism></mechanisms></stream:features>`;

const LDAP_REQUEST = hex('301d 020101 7718 8016') + '1.3.6.1.4.1.1466.20037';
/** @param {number} code @param {string} text @param {number} [id] */
const ldapResponse = (code, text, id = 1) => {
  const response = `${hex('0a01')}${String.fromCharCode(code)}${hex('0400 04')}${String.fromCharCode(text.length)}${text}`;
  const head = hex('0201') + String.fromCharCode(id, 0x78, response.length);
  return `0${String.fromCharCode(head.length + response.length)}${head}${response}`;
};

/** @param {string} payload @param {number} [sequence] */
const packet = (payload, sequence = 0) =>
  String.fromCharCode(payload.length & 0xff, payload.length >> 8, 0, sequence) + payload;
/** @param {string} [low] capabilities @param {number} [version] */
const greeting = (low = 'ffff', version = 10) =>
  packet(
    `${String.fromCharCode(version)}8.0.36\0${hex('0b000000')}abcdefgh\0${hex(low)}${hex('ff 0200 ffdf 15')}${'\0'.repeat(10)}abcdefghijkl\0caching_sha2_password\0`,
  );
const SSL_REQUEST = hex('20000001 018a0000 00000001 ff') + '\0'.repeat(23);

const EHLO = crlf('EHLO [127.0.0.1]');
const OFFER = crlf('250-mail.example', '250-SIZE 1000', '250-starttls', '250 HELP');

/** In turns, the server first: what it sends, what we do. @type {[Protocol, string, string[]][]} */
const ACCEPTED = [
  ['smtp', 'as Exim', [crlf('220 mail.example ESMTP'), EHLO, OFFER, crlf('STARTTLS'), crlf('220 TLS go ahead')]],
  [
    'smtp',
    'a greeting in lines, as of postscreen, and bare LF',
    [`220-wait\n220-\n220 mail.example\n`, EHLO, '250-x\n250 STARTTLS\n', crlf('STARTTLS'), '220 2.0.0 Ready\n'],
  ],
  [
    'lmtp',
    'as Dovecot',
    [crlf('220 LMTP'), crlf('LHLO [127.0.0.1]'), OFFER, crlf('STARTTLS'), crlf('220 2.0.0 Begin')],
  ],
  [
    'imap',
    'capabilities in the greeting',
    [crlf('* OK [CAPABILITY IMAP4rev1 STARTTLS LOGINDISABLED] ready'), crlf('a2 STARTTLS'), crlf('a2 OK Begin')],
  ],
  [
    'imap',
    'capabilities on request, other responses in between',
    [
      crlf('* OK ready'),
      crlf('a1 CAPABILITY'),
      crlf('* OK [ALERT] hello', '* CAPABILITY IMAP4rev1 starttls', 'a1 ok done'),
      crlf('a2 STARTTLS'),
      crlf('* OK still here', 'a2 OK Begin'),
    ],
  ],
  [
    'pop3',
    'with CAPA',
    [crlf('+OK ready'), crlf('CAPA'), crlf('+OK', 'TOP', 'STLS', '.'), crlf('STLS'), crlf('+OK Begin')],
  ],
  ['pop3', 'without CAPA', [crlf('+OK'), crlf('CAPA'), crlf('-ERR unknown'), crlf('STLS'), crlf('+OK')]],
  ['ftp', 'as vsftpd', [crlf('220 (vsFTPd 3.0.3)'), crlf('AUTH TLS'), crlf('234 Proceed with negotiation.')]],
  [
    'ftp',
    'free lines in the greeting, and not ready at first',
    [
      crlf('120 soon', '220-Welcome', ' 220 not the end', '999 nor this', '220 ready'),
      crlf('AUTH TLS'),
      crlf('234-', '234 Go'),
    ],
  ],
  [
    'nntp',
    'with CAPABILITIES',
    [
      crlf('200 news.example'),
      crlf('CAPABILITIES'),
      crlf('101 list', 'VERSION 2', 'STARTTLS', '.'),
      crlf('STARTTLS'),
      crlf('382 Begin'),
    ],
  ],
  ['nntp', 'without', [crlf('201 r'), crlf('CAPABILITIES'), crlf('500 What?'), crlf('STARTTLS'), crlf('382 Begin')]],
  [
    'sieve',
    'as Pigeonhole',
    [
      crlf('"IMPLEMENTATION" "Dovecot"', '"SIEVE" "fileinto"', '"STARTTLS"', 'OK "ready."'),
      crlf('STARTTLS'),
      crlf('OK "Begin TLS"'),
    ],
  ],
  [
    'sieve',
    'with literals',
    [`"IMPLEMENTATION" {8}\r\nOK\r\nNO\r\n\r\n"STARTTLS"\r\nOK {2+}\r\nhi\r\n`, crlf('STARTTLS'), crlf('OK')],
  ],
  ['ldap', 'as slapd', ['', LDAP_REQUEST, ldapResponse(0, '')]],
  [
    'ldap',
    'long lengths, a response name',
    ['', LDAP_REQUEST, hex('3084 00000028 020101 7884 0000001f 0a0100 0400 0400 8a16') + '1.3.6.1.4.1.1466.20037'],
  ],
  ['xmpp', 'as Prosody', ['', XMPP('client'), STREAM + FEATURES, START, `<proceed ${NS}/>`]],
  [
    'xmpp',
    'no declaration, white space, two tags',
    ['', XMPP('client'), `\n${STREAM.slice(21)}\n${FEATURES}\n`, START, `<proceed ${NS}></proceed>`],
  ],
  ['xmpp-server', 'as Prosody', ['', XMPP('server'), STREAM + FEATURES, START, `<proceed ${NS}/>`]],
  ['postgres', 'S', ['', hex('00000008 04d2162f'), 'S']],
  ['mysql', 'MySQL 8', [greeting(), SSL_REQUEST]],
  [
    'irc',
    'notices first',
    ['', crlf('STARTTLS'), crlf(':irc.example NOTICE * :*** Looking up', '@t=1 :irc.example 670 * :ok')],
  ],
];

/** The last of the server's turns is not accepted, for this reason. @type {[Protocol, string[], RegExp][]} */
const REJECTED = [
  ['smtp', [crlf('554 5.7.1 no')], /does not start TLS: it began with "554 5\.7\.1 no"\..*operator.* 465/],
  ['smtp', [crlf('421-too', '421 busy')], /it began with "421 too busy"/],
  ['smtp', [crlf('220 x'), EHLO, crlf('502 no EHLO')], /to EHLO it answered "502 no EHLO"/],
  ['smtp', [crlf('220 x'), EHLO, crlf('250-STARTTLS', '250 HELP')], /does not offer STARTTLS: its answer to EHLO/],
  ['smtp', [crlf('220 x'), EHLO, crlf('250-x', '250 XSTARTTLS')], /does not offer STARTTLS/],
  [
    'smtp',
    [crlf('220 x'), EHLO, OFFER, crlf('STARTTLS'), crlf('454 4.7.0 TLS \x1b[1m‮')],
    /to STARTTLS it answered "454 4\.7\.0 TLS \\u001b\[1m/,
  ],
  [
    'smtp',
    [crlf('220 x'), EHLO, OFFER, crlf('STARTTLS'), crlf('250 what')],
    /answer to STARTTLS is not SMTP.*"250 what"/,
  ],
  ['smtp', [crlf('220-x', '250 y')], /greeting is not SMTP/],
  ['smtp', [crlf('* OK IMAP4rev1 ready')], /greeting is not SMTP: it looks like IMAP\. The server sent "\* OK/],
  ['smtp', [crlf('SSH-2.0-OpenSSH_9.2')], /it looks like SSH/],
  ['smtp', [hex('15030300020228') + '\n'], /speaks TLS from the start on this port\. Leave out starttls/],
  ['smtp', [crlf('220 x'), EHLO, OFFER + crlf('220 early')], /nothing had asked for: "220 early\\r\\n".*CVE-2011-0411/],
  ['lmtp', [crlf('220 x'), crlf('LHLO [127.0.0.1]'), crlf('250 x')], /its answer to LHLO does not list it/],
  ['imap', [crlf('* PREAUTH [CAPABILITY STARTTLS] hi')], /logged this connection in already/],
  ['imap', [crlf('* BYE full')], /it began with "BYE full"/],
  ['imap', [crlf('* OKAY')], /greeting is not IMAP/],
  [
    'imap',
    [crlf('* OK x'), crlf('a1 CAPABILITY'), crlf('* CAPABILITY IMAP4rev1 XSTARTTLS', 'a1 OK')],
    /does not offer STARTTLS/,
  ],
  ['imap', [crlf('* OK x'), crlf('a1 CAPABILITY'), crlf('* BYE gone')], /to CAPABILITY it answered "BYE gone"/],
  ['imap', [crlf('* OK x'), crlf('a1 CAPABILITY'), crlf('a2 OK')], /answer to CAPABILITY is not IMAP/],
  [
    'imap',
    [crlf('* OK [CAPABILITY STARTTLS]'), crlf('a2 STARTTLS'), crlf('a2 BAD no')],
    /to STARTTLS it answered "BAD no"/,
  ],
  ['imap', [crlf('* OK [CAPABILITY STARTTLS]'), crlf('a2 STARTTLS'), crlf('+ go')], /is not IMAP/],
  ['pop3', [crlf('-ERR [SYS/TEMP] later')], /it began with "-ERR \[SYS\/TEMP\] later"/],
  ['pop3', [crlf('+OK'), crlf('CAPA'), crlf('+OK', 'TOP', '.')], /does not offer STLS/],
  ['pop3', [crlf('+OK'), crlf('CAPA'), crlf('-ERR'), crlf('STLS'), crlf('-ERR no')], /to STLS it answered "-ERR no"/],
  ['pop3', [crlf('220 mail.example ESMTP Postfix')], /is not POP3: it looks like SMTP/],
  ['ftp', [crlf('220 x'), crlf('AUTH TLS'), crlf('530 Please login')], /to AUTH TLS it answered "530 Please login"/],
  ['ftp', [crlf('220 x'), crlf('AUTH TLS'), crlf('334 ADAT')], /answer to AUTH TLS is not FTP/],
  ['nntp', [crlf('200 x'), crlf('CAPABILITIES'), crlf('101 x', 'READER', '.')], /does not offer STARTTLS/],
  ['nntp', [crlf('200 x'), crlf('CAPABILITIES'), crlf('400 shutting down')], /it answered "400 shutting down"/],
  ['nntp', [crlf('502 no permission')], /it began with "502 no permission"/],
  ['nntp', [crlf('200 x'), crlf('CAPABILITIES'), crlf('500 x'), crlf('STARTTLS'), crlf('580 no')], /"580 no"/],
  ['sieve', [crlf('"SASL" "PLAIN"', 'OK')], /does not offer STARTTLS: its greeting does not list it/],
  ['sieve', [crlf('BYE (TRYLATER) {4}', 'full')], /it began with "BYE \(TRYLATER\) \\"full\\""/],
  ['sieve', [crlf('"STARTTLS"', 'OK'), crlf('STARTTLS'), crlf('NO "no"')], /to STARTTLS it answered "NO \\"no\\""/],
  ['sieve', [crlf('hello')], /greeting is not ManageSieve/],
  ['ldap', ['', LDAP_REQUEST, ldapResponse(52, 'no TLS')], /to StartTLS it answered "unavailable \(52\): no TLS"/],
  ['ldap', ['', LDAP_REQUEST, ldapResponse(77, '')], /"resultCode \(77\)"/],
  ['ldap', ['', LDAP_REQUEST, ldapResponse(0, 'shutdown', 0)], /it answered/],
  ['ldap', ['', LDAP_REQUEST, ldapResponse(0, '', 2)], /another LDAP message/],
  ['ldap', ['', LDAP_REQUEST, hex('3080')], /is not LDAP/],
  ['ldap', ['', LDAP_REQUEST, hex('3084 7fffffff')], /impossible length/],
  ['ldap', ['', LDAP_REQUEST, hex('300a 020101 7884 7fffffff 0a')], /damaged/],
  ['ldap', ['', LDAP_REQUEST, hex('3000')], /damaged/],
  ['ldap', ['', LDAP_REQUEST, hex('300c 020101 7807 0a0100 0400 0401')], /damaged/],
  ['xmpp', ['', XMPP('client'), `${STREAM}<stream:features><x/></stream:features>`], /does not offer <starttls\/>/],
  ['xmpp', ['', XMPP('client'), `${STREAM}<stream:features/>`], /does not offer <starttls\/>/],
  ['xmpp', ['', XMPP('client'), `${STREAM}<stream:features><x>${START}</x></stream:features>`], /does not offer/],
  ['xmpp', ['', XMPP('client'), `${STREAM}<stream:features><starttls xmlns='x'/></stream:features>`], /does not offer/],
  ['xmpp', ['', XMPP('client'), STREAM.replace(/ version='1.0' /, ' ')], /does not offer/],
  [
    'xmpp',
    ['', XMPP('client'), `${STREAM}<stream:error><host-unknown xmlns='x'/><text>not here</text></stream:error>`],
    /it answered "host-unknown not here"/,
  ],
  ['xmpp', ['', XMPP('client'), `${STREAM}</stream:stream>`], /it answered "<\/stream:stream>"/],
  ['xmpp', ['', XMPP('client'), `${STREAM}<!-- x -->`], /is not XMPP/],
  ['xmpp', ['', XMPP('client'), '<!DOCTYPE x [<!ENTITY y "z">]>'], /is not XMPP/],
  ['xmpp', ['', XMPP('client'), '<?php ?>'], /is not XMPP/],
  ['xmpp', ['', XMPP('client'), `${STREAM}text<stream:features>`], /is not XMPP/],
  [
    'xmpp',
    ['', XMPP('client'), STREAM + FEATURES, START, `<failure ${NS}/>`],
    /to <starttls\/> it answered "<failure xmlns='urn:ietf:params:xml:ns:xmpp-tls'\/>"/,
  ],
  ['xmpp-server', ['', XMPP('server'), STREAM + FEATURES, START, '<x/>'], /answer to <starttls\/> is not XMPP/],
  ['postgres', ['', hex('00000008 04d2162f'), 'N'], /to SSLRequest it answered "N"\..*ssl = on/],
  ['postgres', ['', hex('00000008 04d2162f'), 'G'], /answer to SSLRequest is not PostgreSQL/],
  ['postgres', ['', hex('00000008 04d2162f'), `E\0\0\0\x1dSFATAL\0C53300\0Mtoo many\0\0`], /it answered "too many"/],
  [
    'postgres',
    ['', hex('00000008 04d2162f'), `EFATAL:  unsupported frontend protocol\n\0`],
    /it answered "FATAL: {2}unsupported/,
  ],
  ['postgres', ['', hex('00000008 04d2162f'), `E\0\x7f\xff\xff`], /impossible length/],
  ['postgres', ['', hex('00000008 04d2162f'), `HTTP/1.1 400 Bad Request\r\n`], /it looks like HTTP/],
  [
    'mysql',
    [packet(`\xff${hex('6a04')}Host '203.0.113.5' is not allowed`)],
    /it began with "error 1130: Host '203\.0\.113\.5' is not/,
  ],
  ['mysql', [packet(`\xff${hex('1004')}#08004Too many`)], /"error 1040: Too many"/],
  ['mysql', [greeting('ffff', 9)], /greeting is not MySQL/],
  ['mysql', [greeting('fff7')], /does not offer SSLRequest: its greeting does not list it\. Its operator/],
  ['mysql', [packet('\n8.0\0abc')], /greeting is not MySQL/],
  ['mysql', [hex('ffffff00')], /greeting is not MySQL/],
  ['mysql', [packet('\n8', 1)], /greeting is not MySQL/],
  ['irc', ['', crlf('STARTTLS'), crlf(':x 691 * :no')], /to STARTTLS it answered ":x 691 \* :no"/],
  ['irc', ['', crlf('STARTTLS'), crlf(':x 421 * STARTTLS :Unknown command')], /421/],
  ['irc', ['', crlf('STARTTLS'), crlf('ERROR :Closing link')], /ERROR :Closing link/],
  ['irc', ['', crlf('STARTTLS'), crlf('???')], /is not IRC/],
];

/** @param {Protocol} protocol */
const codeOf = (protocol) => new StarttlsMachine(protocol, HOST);

/** @param {Uint8Array[]} messages */
const joined = (messages) => Buffer.concat(messages).toString('latin1');

/**
 * @param {() => unknown} action
 * @param {RegExp} [message]
 */
function assertRejects(action, message = /./) {
  assert.throws(action, (error) => {
    assert.ok(error instanceof TLSError, String(error));
    assert.equal(error.code, 'ERR_TLS_STARTTLS');
    assert.match(error.message, message);
    assert.match(error.message, /^[^\p{C}]{20,800}$/u);
    assert.ok(error.hint.length > 20 && error.message.endsWith(error.hint));
    return true;
  });
}

/**
 * Plays a dialogue and checks what we send.
 * @param {Protocol} protocol
 * @param {string[]} turns
 * @param {number} size of the chunks
 * @returns {StarttlsMachine}
 */
function play(protocol, turns, size = Infinity) {
  const machine = codeOf(protocol);
  let sent = joined(machine.start());
  turns.forEach((turn, at) => {
    if (at % 2 === 1) {
      assert.equal(sent, turn, `${protocol}: turn ${at}`);
      sent = '';
      return;
    }
    assert.equal(machine.done, false, `${protocol}: done before turn ${at}`);
    const bytes = toBytes(turn);
    for (let from = 0; from < bytes.length; from += size) {
      sent += joined(machine.receive(bytes.subarray(from, from + size)));
    }
  });
  assert.equal(turns.length % 2 === 0 ? '' : sent, '');
  return machine;
}

describe('the table of protocols', () => {
  test('has a port, texts and an accepted dialogue for each', () => {
    assert.deepEqual(Object.keys(CONTEXT), STARTTLS_PROTOCOLS);
    assert.equal(STARTTLS_PROTOCOLS.length, 13);
    for (const protocol of STARTTLS_PROTOCOLS) {
      assert.ok(STARTTLS_PORTS[protocol] > 0);
      assert.ok(ACCEPTED.some(([name]) => name === protocol));
      assert.ok(REJECTED.some(([name]) => name === protocol));
    }
  });
});

describe('a dialogue that the protocol allows', () => {
  for (const [protocol, name, turns] of ACCEPTED) {
    test(`${protocol}, ${name}: TLS can begin, however the input is cut`, () => {
      for (const size of [Infinity, 1, 2, 3, 7, 64]) assert.equal(play(protocol, turns, size).done, true);
    });

    test(`${protocol}, ${name}: anything behind the last answer is an error`, () => {
      const lastOfServer = turns.length - (turns.length % 2 === 1 ? 1 : 2);
      for (const injected of ['\0', '\n', 'x', '220 injected\r\n', '\x16\x03\x03', '<x/>']) {
        const more = turns.with(lastOfServer, turns[lastOfServer] + injected).slice(0, lastOfServer + 1);
        assertRejects(() => play(protocol, more), /sent bytes without TLS that nothing had asked for/);
      }
    });

    test(`${protocol}, ${name}: nor may an answer come before its command`, () => {
      for (let at = 0; at < turns.length - 2; at += 2) {
        if (turns[at] === '') continue;
        const early = [...turns.slice(0, at), turns[at] + turns[at + 2]];
        assertRejects(() => play(protocol, early));
      }
    });

    test(`${protocol}, ${name}: no beginning of it is enough, and its end is an error`, () => {
      const all = turns.filter((_, at) => at % 2 === 0).join('');
      const machine = codeOf(protocol);
      machine.start();
      for (const byte of toBytes(all)) {
        assert.equal(machine.done, false);
        assert.ok(machine.ended() instanceof TLSError);
        assert.match(machine.progress.sentence, /^[^\p{C}]+$/u);
        machine.receive(Uint8Array.of(byte));
      }
      assert.equal(machine.done, true);
    });
  }
});

describe('a server that does not start TLS', () => {
  for (const [protocol, turns, message] of REJECTED) {
    test(`${protocol}: ${JSON.stringify(turns.at(-1)?.slice(0, 50))}`, () => {
      assertRejects(() => play(protocol, turns), message);
    });
  }

  test('without a byte, or in the middle, is named in the error', () => {
    const machine = codeOf('smtp');
    machine.start();
    assert.match(machine.ended().message, /closed the connection before TLS, without sending a byte\..*SMTP/);
    assert.match(machine.progress.sentence, /sent nothing, and SMTP has to start TLS/);
    machine.receive(toBytes('220-hello\r\n220'));
    assert.match(machine.ended().message, /the last it sent was "220"/);
  });
});

describe('limits', () => {
  for (const protocol of STARTTLS_PROTOCOLS) {
    test(`${protocol}: endless input ends in an error, in time that grows with its length only`, () => {
      const started = performance.now();
      for (const text of [
        'x',
        '220-x\r\n',
        '* OK x\r\n',
        '"x"\r\n',
        '<x>',
        '<',
        ' ',
        '\0',
        ':x NOTICE\r\n',
        '+OK\r\n',
        '0\x84',
      ]) {
        const machine = codeOf(protocol);
        machine.start();
        const bytes = toBytes(text);
        let received = 0;
        assertRejects(() => {
          while (received <= STARTTLS_MAX_BYTES) {
            machine.receive(bytes.subarray(received % bytes.length, (received % bytes.length) + 1));
            received++;
          }
          throw new Error('more than the limit was accepted');
        });
      }
      assert.ok(performance.now() - started < 5000);
    });
  }

  test('of one line and of all bytes are in the error', () => {
    const line = `220 ${'x'.repeat(STARTTLS_MAX_LINE_BYTES)}`;
    assertRejects(() => play('smtp', [line]), /more than 8192 bytes in one line before TLS/);
    assertRejects(() => play('smtp', ['220-x\n'.repeat(1001)]), /more than 1000 lines before TLS/);
    assertRejects(
      () => play('sieve', ['"x" {999999999}\r\n' + 'x'.repeat(70_000)]),
      /more than 65536 bytes before TLS/,
    );
  });
});

describe('random changes of a dialogue', () => {
  test('are accepted or rejected, and nothing else, in bounded time', () => {
    let seed = 17;
    const random = (/** @type {number} */ below) => (seed = (seed * 48271) % 0x7fffffff) % below;
    const samples = [...ACCEPTED, ...REJECTED.map(([protocol, turns]) => [protocol, '', turns])];
    const pieces = samples.flatMap(([, , turns]) => /** @type {string[]} */ (turns).filter((_, at) => at % 2 === 0));
    let accepted = 0;
    for (let round = 0; round < 20_000; round++) {
      const [protocol, , turns] = /** @type {[Protocol, string, string[]]} */ (samples[random(samples.length)]);
      const machine = codeOf(protocol);
      machine.start();
      try {
        for (const turn of turns.filter((_, at) => at % 2 === 0)) {
          const bytes = toBytes(random(10) === 0 ? pieces[random(pieces.length)] : turn);
          for (let changes = random(3); changes > 0 && bytes.length > 0; changes--) {
            bytes[random(bytes.length)] = random(2) ? random(256) : toBytes('\r\n <>"{}0129')[random(13)];
          }
          for (let from = 0; from < bytes.length;) {
            const to = from + 1 + random(bytes.length);
            machine.receive(bytes.slice(from, to));
            from = to;
          }
        }
        accepted += machine.done ? 1 : 0;
      } catch (error) {
        assert.ok(error instanceof TLSError && error.code === 'ERR_TLS_STARTTLS', `${protocol}: ${error}`);
        assert.match(error.message, /^[^\p{C}]{20,800}$/u);
      }
    }
    assert.ok(accepted > 1000, String(accepted));
  });
});
