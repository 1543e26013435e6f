/** The version of this package, as in its package.json. The build writes version.js. */
export const VERSION: string;
/** The version of Mbed TLS in pagetls.wasm. */
export const MBEDTLS_VERSION: string;
