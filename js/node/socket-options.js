/** The options of Node's net and tls that cannot be honoured, and must not be ignored. */
import { TLSError } from '../errors.js';

const OWN = 'is an option of pagetls: pass it to configure().';

/** Why each of them is an error. @type {Readonly<Record<string, string>>} */
export const REJECTED = {
  fd: 'needs a file descriptor, which pagetls has not.',
  handle: 'needs a handle of Node, which pagetls has not.',
  path: 'is for Unix sockets: pass host and port.',
  onread: 'is not supported: listen to data.',
  lookup: 'is not supported: names are looked up where the connection is dialled.',
  blockList:
    'is not supported: names are looked up where the connection is dialled. Let the bridge restrict its targets.',
  isServer: 'is for servers, and pagetls is a client.',
  pskCallback: 'is not supported: pagetls verifies servers by certificates.',
  requestOCSP: 'is not supported: pass crl to check for revocation.',
  clientCertEngine: 'needs an engine of OpenSSL: pass cert and key.',
  privateKeyEngine: 'needs an engine of OpenSSL: pass key.',
  privateKeyIdentifier: 'needs an engine of OpenSSL: pass key.',
  enableTrace: 'is not supported: listen to keylog, and decrypt a capture of the network.',
  // Of connect(): here they would be passed over like any unknown name.
  trust: `${OWN} Or pass ca.`,
  crls: `${OWN} Or pass crl.`,
  profile: OWN,
  publicSuffixes: OWN,
  groups: 'is an option of pagetls: pass ecdhCurve.',
  signatureAlgorithms: 'is an option of pagetls: pass sigalgs.',
  verify: 'is an option of pagetls: pass checkServerIdentity.',
  verifyHostname: 'is an option of pagetls: pass checkServerIdentity.',
};

/** Options of Node that are passed over: what they ask for is so already, or means nothing here. */
export const PASSED_OVER = [
  ...[
    'autoSelectFamily',
    'autoSelectFamilyAttemptTimeout',
    'hints',
    'noDelay',
    'highWaterMark',
    'readable',
    'writable',
  ],
  ...['session', 'sessionIdContext', 'sessionTimeout', 'ticketKeys', 'minDHSize', 'dhparam', 'honorCipherOrder'],
  ...['allowPartialTrustChain', 'requestCert', 'server', 'SNICallback', 'ALPNCallback', 'handshakeTimeout'],
  ...['pskIdentityHint'],
];

/**
 * @param {Record<string, any>} options
 * @throws {TLSError} ERR_TLS_INVALID_OPTION
 */
export function rejectOptions(options) {
  for (const [name, why] of Object.entries(REJECTED)) {
    if (options[name] !== undefined && options[name] !== null && options[name] !== false) {
      throw new TLSError('ERR_TLS_INVALID_OPTION', `The option ${name} ${why}`);
    }
  }
}
