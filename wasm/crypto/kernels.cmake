# The kernels that replace Mbed TLS's code (README.md), and their adapters (wasm/mbedtls). Included by the project's
# CMakeLists.txt, which defines the library 'mbedtls'. wasm/mbedtls/pagetls_mbedtls_config.h derives Mbed TLS's
# definitions from these options.
option(PAGETLS_FAST_CHACHA20 "Use wasm/crypto for ChaCha20 instead of Mbed TLS" ON)
option(PAGETLS_FAST_AES "Use wasm/crypto for AES and AES-GCM instead of Mbed TLS" ON)
option(PAGETLS_FAST_X25519 "Use wasm/crypto for X25519 instead of Mbed TLS" ON)
option(PAGETLS_FAST_P256 "Use wasm/crypto for ECDH and ECDSA verification on P-256 instead of Mbed TLS" ON)
option(PAGETLS_FAST_P384 "Use wasm/crypto for ECDH and ECDSA verification on P-384 instead of Mbed TLS" ON)
option(PAGETLS_FAST_P521 "Use wasm/crypto for ECDH and ECDSA verification on P-521 instead of Mbed TLS" ON)
option(PAGETLS_FAST_RSA "Use wasm/crypto for RSA's public operation instead of Mbed TLS" ON)
option(PAGETLS_HOST_AEAD "Offer long records to the host's ciphers before encrypting them with the kernels" ON)

set(kernel_definitions)
foreach(kernel CHACHA20 AES X25519 P256 P384 P521 RSA)
  if(PAGETLS_FAST_${kernel})
    list(APPEND kernel_definitions PAGETLS_FAST_${kernel})
  endif()
endforeach()
if(PAGETLS_HOST_AEAD)
  list(APPEND kernel_definitions PAGETLS_HOST_AEAD)
endif()

# ON if Mbed TLS's public-key arithmetic is used only for clients' keys.
set(PAGETLS_FAST_PUBLIC_KEY ON)
foreach(kernel X25519 P256 P384 P521 RSA)
  if(NOT PAGETLS_FAST_${kernel})
    set(PAGETLS_FAST_PUBLIC_KEY OFF)
  endif()
endforeach()

# Mbed TLS has no Ed25519, so nothing switches it off.
# AES's key schedule is also that of encrypted private keys.
set(kernel_sources crypto/ed25519.c crypto/field25519.c crypto/limbs.c crypto/wnaf.c mbedtls/ed25519_adapter.c
  crypto/aes.c crypto/aes_tables.c crypto/sha1.c mbedtls/sha1_adapter.c host/zeroize.c)
set(kernel_wraps)
if(PAGETLS_FAST_CHACHA20)
  list(APPEND kernel_sources crypto/chacha20.c mbedtls/chacha20_adapter.c)
  if(PAGETLS_HOST_AEAD)
    list(APPEND kernel_sources mbedtls/chachapoly_adapter.c)
    list(APPEND kernel_wraps mbedtls_chachapoly_encrypt_and_tag mbedtls_chachapoly_auth_decrypt)
  endif()
endif()
if(PAGETLS_FAST_AES)
  list(APPEND kernel_sources crypto/aes.c crypto/aes_tables.c mbedtls/aes_adapter.c
    crypto/aes_batch.c crypto/ghash.c crypto/gcm.c crypto/gcm_tables.c mbedtls/gcm_adapter.c)
endif()

set(public_key_kernels crypto/field25519.c crypto/x25519.c crypto/p256.c crypto/p384.c crypto/p521.c crypto/curve.c crypto/ecdsa.c
  crypto/modulus.c crypto/modulus_invert.c crypto/limbs.c crypto/wnaf.c)
set(public_key_wraps)
foreach(kernel X25519 P256 P384 P521)
  if(PAGETLS_FAST_${kernel})
    list(APPEND public_key_wraps mbedtls_ecp_mul mbedtls_ecp_mul_restartable mbedtls_ecp_check_pubkey)
  endif()
endforeach()
if(PAGETLS_FAST_P256 OR PAGETLS_FAST_P384 OR PAGETLS_FAST_P521)
  list(APPEND public_key_wraps mbedtls_ecdsa_read_signature)
endif()
if(PAGETLS_FAST_RSA)
  list(APPEND public_key_wraps mbedtls_mpi_exp_mod_unsafe)
endif()
# The part of PSA Crypto that TLS 1.3 needs, with the kernels of all curves, instead of Mbed TLS's files.
if(PAGETLS_FAST_X25519 AND PAGETLS_FAST_P256 AND PAGETLS_FAST_P384 AND PAGETLS_FAST_P521)
  list(APPEND kernel_sources mbedtls/psa_adapter.c)
  set(unused_psa_sources ${mbedtls_sources})
  list(FILTER unused_psa_sources INCLUDE REGEX "/psa_crypto[a-z_]*[.]c$")
  list(FILTER unused_psa_sources EXCLUDE REGEX "/psa_crypto_client[.]c$")
  set_property(SOURCE ${unused_psa_sources} PROPERTY HEADER_FILE_ONLY ON)
endif()
list(REMOVE_DUPLICATES public_key_wraps)
if(public_key_wraps)
  list(APPEND kernel_sources ${public_key_kernels} mbedtls/public_key_adapter.c)
  list(APPEND kernel_wraps ${public_key_wraps})
endif()

list(REMOVE_DUPLICATES kernel_sources)
list(TRANSFORM kernel_sources PREPEND wasm/)
list(TRANSFORM public_key_kernels PREPEND wasm/)
set_property(SOURCE ${kernel_sources} ${public_key_kernels} PROPERTY
  COMPILE_OPTIONS -Wall -Wextra -Wconversion -Wshadow -Werror)
if(EMSCRIPTEN)
  # Vectorizing pairs of 64-bit products gains nothing: only ARM has an instruction for them.
  set_property(SOURCE ${public_key_kernels} wasm/crypto/ed25519.c APPEND PROPERTY
    COMPILE_OPTIONS -fno-vectorize -fno-slp-vectorize)
  set_property(SOURCE wasm/crypto/p384.c wasm/crypto/p521.c APPEND PROPERTY COMPILE_OPTIONS -Os) # 3 % slower, but smaller
  set_property(SOURCE wasm/crypto/modulus_invert.c APPEND PROPERTY COMPILE_OPTIONS -Os) # slows a verification by 1 %
  set(small_kernels ${kernel_sources}) # the files that only call the others
  list(FILTER small_kernels INCLUDE REGEX "/(gcm|curve|ecdsa|[a-z0-9_]+_adapter)[.]c$")
  set_property(SOURCE ${small_kernels} APPEND PROPERTY COMPILE_OPTIONS -Oz)
endif()

target_sources(mbedtls PRIVATE ${kernel_sources})
target_include_directories(mbedtls PUBLIC wasm/mbedtls) # aes_alt.h, chacha20_alt.h, gcm_alt.h
target_compile_definitions(mbedtls PUBLIC ${kernel_definitions})
list(TRANSFORM kernel_wraps PREPEND -Wl,--wrap=)
target_link_options(mbedtls PUBLIC ${kernel_wraps})
