# Kernels of our own in the place of Mbed TLS's (README.md). Included by the CMakeLists.txt of the project, for its
# library 'mbedtls'; wasm/mbedtls_config.h makes Mbed TLS's definitions of ours.
option(PAGETLS_FAST_CHACHA20 "ChaCha20 by wasm/crypto, not by Mbed TLS" ON)
option(PAGETLS_FAST_AES "AES and AES-GCM by wasm/crypto, not by Mbed TLS" ON)

set(kernel_sources chacha20.c aes.c aes_batch.c aes_tables.c gcm.c ghash.c)
list(TRANSFORM kernel_sources PREPEND wasm/crypto/)
set_source_files_properties(${kernel_sources} PROPERTIES
  COMPILE_OPTIONS "-Wall;-Wextra;-Wconversion;-Wshadow;-Werror")
set(kernel_definitions)
foreach(kernel CHACHA20 AES)
  if(PAGETLS_FAST_${kernel})
    list(APPEND kernel_definitions PAGETLS_FAST_${kernel})
  endif()
endforeach()

target_sources(mbedtls PRIVATE ${kernel_sources})
target_include_directories(mbedtls PUBLIC wasm/crypto)
target_compile_definitions(mbedtls PUBLIC ${kernel_definitions})
