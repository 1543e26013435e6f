/**
 * pagetls: a TLS client that runs in a web page or in Node.
 */
export { parseCertificate } from './certificate.js';
export { readDocuments } from './documents.js';
export { CODES, TLSError } from './errors.js';
export { loadRootSignatures } from './root-signatures.js';
export { TrustStore } from './trust-store.js';
export { verifyChain } from './verify-chain.js';
export { load } from './wasm.js';
export { websockify } from './transports/websockify.js';
export { tcp } from './transports/tcp.js';
export { streams } from './transports/streams.js';
export { connect, startTls } from './connect.js';
export { Socket } from './base-socket.js';
export { TLSSocket } from './socket.js';

/** @typedef {import('./options.js').ConnectOptions} ConnectOptions */
/** @typedef {import('./starttls/protocols.js').StarttlsProtocol} StarttlsProtocol */
/** @typedef {import('./options.js').PlainConnectOptions} PlainConnectOptions */
/** @typedef {import('./options.js').StartTlsOptions} StartTlsOptions */
/** @typedef {import('./options.js').StreamsTlsOptions} StreamsTlsOptions */
/** @typedef {import('./base-socket.js').SocketInfo} SocketInfo */
/** @typedef {import('./identity.js').ClientCertificateRequest} ClientCertificateRequest */
/** @typedef {import('./identity-options.js').ClientIdentity} ClientIdentity */
/** @typedef {import('./hello-options.js').Group} Group */
/** @typedef {import('./hello-options.js').SignatureScheme} SignatureScheme */
/** @typedef {import('./socket.js').Info} Info */
/** @typedef {import('./channel-binding.js').ChannelBindingType} ChannelBindingType */
/** @typedef {import('./certificate.js').Certificate} Certificate */
/** @typedef {import('./certificate.js').WholeCertificate} WholeCertificate */
/** @typedef {import('./documents.js').InputDocument} InputDocument */
/** @typedef {import('./documents.js').DocumentKind} DocumentKind */
/** @typedef {import('./documents.js').DocumentFault} DocumentFault */
/** @typedef {import('./documents.js').Skipped} Skipped */
/** @typedef {import('./documents.js').SkipReason} SkipReason */
/** @typedef {import('./certificate.js').Verification} Verification */
/** @typedef {import('./certificate.js').OtherPath} OtherPath */
/** @typedef {import('./certificate.js').Problem} Problem */
/** @typedef {import('./problem-codes.js').ProblemCode} ProblemCode */
/** @typedef {import('./problem-codes.js').VerifyFlag} VerifyFlag */
/** @typedef {import('./certificate.js').Profile} Profile */
/** @typedef {import('./errors.js').ErrorCode} ErrorCode */
/** @typedef {import('./transports/transport.js').Transport} Transport */
