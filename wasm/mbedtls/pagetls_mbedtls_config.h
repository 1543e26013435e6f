/**
 * \file pagetls_mbedtls_config.h
 * \brief Which parts of Mbed TLS 3.6 are compiled into pagetls, for both targets.
 *
 * A TLS 1.2 and 1.3 client with only ephemeral key exchange and AEAD ciphers.
 * It has no file system, sockets or entropy sources: bytes, time and randomness
 * come through pagetls.h.
 */
#ifndef PAGETLS_MBEDTLS_CONFIG_H
#define PAGETLS_MBEDTLS_CONFIG_H

#include <stddef.h>
#include <stdint.h>

/* Platform. Time and heap are ours (platform_hooks.c, host/heap.c): the heap counts its blocks, to detect leaks.
 * time_t has 32 bits in some Emscripten releases, hence int64_t. */
#define MBEDTLS_PLATFORM_C
#define MBEDTLS_PLATFORM_MEMORY
#define MBEDTLS_PLATFORM_CALLOC_MACRO pagetls_heap_calloc
#define MBEDTLS_PLATFORM_FREE_MACRO pagetls_heap_free
#define MBEDTLS_PLATFORM_SNPRINTF_MACRO pagetls_format /* host/format.h */
#define MBEDTLS_HAVE_TIME
#define MBEDTLS_HAVE_TIME_DATE /* for Mbed TLS's verifier, which tests and the benchmark compare with ours */
#define MBEDTLS_PLATFORM_TIME_TYPE_MACRO int64_t
#define MBEDTLS_PLATFORM_TIME_MACRO pagetls_clock_seconds
#define MBEDTLS_PLATFORM_GMTIME_R_ALT
#define MBEDTLS_PLATFORM_MS_TIME_ALT
void *pagetls_heap_calloc(size_t count, size_t size);
void pagetls_heap_free(void *block);
int64_t pagetls_clock_seconds(int64_t *out);
int pagetls_format(char *text, size_t size, const char *format, ...);

/* TLS 1.3 calls PSA Crypto: ours (psa_adapter.c), if all curves are. Randomness comes only from the host's generator. */
#define MBEDTLS_PSA_CRYPTO_C
#define MBEDTLS_PSA_CRYPTO_EXTERNAL_RNG

/* Arithmetic. In WebAssembly, 64-bit limbs without assembly are fastest. */
#ifdef PAGETLS_MBEDTLS_ASM /* native builds that are compared with ours */
#define MBEDTLS_HAVE_ASM
#define MBEDTLS_AESNI_C
#else
#define MBEDTLS_HAVE_INT64
#endif
#define MBEDTLS_BIGNUM_C
#define MBEDTLS_ECP_C
#define MBEDTLS_ECP_DP_SECP256R1_ENABLED
#define MBEDTLS_ECP_DP_SECP384R1_ENABLED
#define MBEDTLS_ECP_DP_SECP521R1_ENABLED
#define MBEDTLS_ECP_DP_CURVE25519_ENABLED
#define MBEDTLS_ECDH_C
#define MBEDTLS_ECDSA_C
#define MBEDTLS_RSA_C
#define MBEDTLS_PKCS1_V15
#define MBEDTLS_PKCS1_V21

/* Symmetric. */
#define MBEDTLS_AES_C
#define MBEDTLS_CIPHER_C
#define MBEDTLS_GCM_C
#define MBEDTLS_CCM_C
#define MBEDTLS_CHACHA20_C
#define MBEDTLS_POLY1305_C
#define MBEDTLS_CHACHAPOLY_C
#define MBEDTLS_BLOCK_CIPHER_NO_DECRYPT /* neither GCM nor CCM needs it */

/* Our own kernels, behind Mbed TLS's hooks; crypto/kernels.cmake selects them. */
#ifdef PAGETLS_FAST_CHACHA20
#define MBEDTLS_CHACHA20_ALT
#endif
#if defined(PAGETLS_FAST_X25519) && defined(PAGETLS_FAST_P256) && defined(PAGETLS_FAST_P384) &&                        \
    defined(PAGETLS_FAST_P521)
#define PAGETLS_FAST_ALL_CURVES
#endif
#ifdef PAGETLS_FAST_AES
#define MBEDTLS_AES_ALT
#define MBEDTLS_GCM_ALT
#else
#define MBEDTLS_GCM_LARGE_TABLE
#endif
#ifndef PAGETLS_FAST_X25519
#define MBEDTLS_ECDH_VARIANT_EVEREST_ENABLED
#endif
#ifdef PAGETLS_FAST_ALL_CURVES
#define MBEDTLS_ECP_FIXED_POINT_OPTIM 0 /* no tables for code that is not called */
#else
/* Mbed TLS's PSA Crypto keeps TLS 1.3's ephemeral keys in slots: without this option, only 32 handshakes could run at the
 * same time. */
#define MBEDTLS_PSA_KEY_STORE_DYNAMIC
#define MBEDTLS_ECP_NIST_OPTIM
#endif

/* Hashes. SHA-1 is for fingerprints; no certificate profile accepts it. */
#define MBEDTLS_MD_C
#define MBEDTLS_SHA1_C
#define MBEDTLS_SHA1_PROCESS_ALT
#define MBEDTLS_SHA224_C
#define MBEDTLS_SHA256_C
#define MBEDTLS_SHA384_C
#define MBEDTLS_SHA512_C
#define MBEDTLS_HKDF_C

/* Encodings and certificates. */
#define MBEDTLS_ASN1_PARSE_C
#define MBEDTLS_ASN1_WRITE_C
#define MBEDTLS_OID_C
#ifndef __wasm__ /* our readers are compared with them */
#define MBEDTLS_BASE64_C
#define MBEDTLS_PEM_PARSE_C
#endif
#define MBEDTLS_PK_C
#define MBEDTLS_PK_PARSE_C
#define MBEDTLS_PK_PARSE_EC_COMPRESSED
#define MBEDTLS_X509_USE_C
#define MBEDTLS_X509_CRT_PARSE_C
#define MBEDTLS_X509_CRL_PARSE_C /* see MBEDTLS_HAVE_TIME_DATE */
#define MBEDTLS_X509_RSASSA_PSS_SUPPORT
#define MBEDTLS_X509_REMOVE_INFO

/* TLS. */
#define MBEDTLS_SSL_TLS_C
#define MBEDTLS_SSL_CLI_C
#define MBEDTLS_SSL_PROTO_TLS1_2
#define MBEDTLS_SSL_PROTO_TLS1_3
#define MBEDTLS_SSL_TLS1_3_COMPATIBILITY_MODE
#define MBEDTLS_SSL_TLS1_3_KEY_EXCHANGE_MODE_EPHEMERAL_ENABLED
#define MBEDTLS_KEY_EXCHANGE_ECDHE_RSA_ENABLED
#define MBEDTLS_KEY_EXCHANGE_ECDHE_ECDSA_ENABLED
#define MBEDTLS_SSL_EXTENDED_MASTER_SECRET
#define MBEDTLS_SSL_SERVER_NAME_INDICATION
#define MBEDTLS_SSL_ALPN
#define MBEDTLS_SSL_RENEGOTIATION /* only if the host accepts it: renegotiation.h */
#define MBEDTLS_SSL_KEEP_PEER_CERTIFICATE
#define MBEDTLS_SSL_MAX_FRAGMENT_LENGTH    /* never offered, but required by the next option */
#define MBEDTLS_SSL_VARIABLE_BUFFER_LENGTH /* see message_buffer.h */
#define MBEDTLS_SSL_KEYING_MATERIAL_EXPORT

#endif
