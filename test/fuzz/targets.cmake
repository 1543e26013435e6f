# The fuzz targets (README.md). Included by the project's CMakeLists.txt, which defines the libraries 'mbedtls' and 'core'.
set(fuzz_sources host.c input.c json_check.c verify_chain.c oracle.c fuzz_chain.c fuzz_crl.c fuzz_names.c fuzz_describe.c
  fuzz_pem.c fuzz_identity.c fuzz_aead.c fuzz_public_key.c fuzz_tls.c tls_play.c tls_oracle.c tls_reader.c tls_stubs.c)
list(TRANSFORM fuzz_sources PREPEND test/fuzz/)

# Our kernels and Mbed TLS's implementations, for fuzz_aead and fuzz_public_key (test/kernels/targets.cmake).
set(fuzz_ciphers)
foreach(name reference_ciphers reference_adapter fast_adapter kernel_cases public_key_cases)
  list(APPEND fuzz_ciphers $<TARGET_OBJECTS:${name}>)
endforeach()

# Replays inputs; builds with any compiler.
add_executable(fuzz_replay ${fuzz_sources} test/fuzz/replay.c ${fuzz_ciphers})
set(fuzz_programs fuzz_replay)

if(PAGETLS_FUZZ)
  if(NOT CMAKE_C_COMPILER_ID STREQUAL "Clang")
    message(FATAL_ERROR "PAGETLS_FUZZ needs Clang: pass -DCMAKE_C_COMPILER=clang.")
  endif()
  option(PAGETLS_FUZZ_COVERAGE "Count how often each line ran (llvm-cov)" OFF)

  # The fuzzer instruments the code that reads certificates and messages. Arithmetic is neither instrumented nor
  # sanitized, to save time.
  target_compile_options(core PRIVATE -fsanitize=fuzzer-no-link)
  set(instrumented ${mbedtls_sources})
  list(FILTER instrumented INCLUDE REGEX "/(x509.*|asn1.*|pem|pk_ecc|pkparse|oid|base64|ssl_(msg|tls|client|tls12_client|tls13_.*))[.]c$")
  set_property(SOURCE ${instrumented} APPEND PROPERTY COMPILE_OPTIONS -fsanitize=fuzzer-no-link)
  set_property(SOURCE ${kernel_sources} APPEND PROPERTY COMPILE_OPTIONS -fsanitize=fuzzer-no-link)
  set(arithmetic ${mbedtls_sources})
  list(FILTER arithmetic INCLUDE REGEX "/(bignum.*|ecp.*|ecdsa|rsa.*|sha.*|constant_time)[.]c$")
  set_property(SOURCE ${arithmetic} APPEND PROPERTY COMPILE_OPTIONS -fno-sanitize=all)
  if(PAGETLS_FUZZ_COVERAGE)
    target_compile_options(core PRIVATE -fprofile-instr-generate -fcoverage-mapping)
    list(FILTER instrumented INCLUDE REGEX "/ssl_[^/]+$")
    set_property(SOURCE ${instrumented} APPEND PROPERTY COMPILE_OPTIONS -fprofile-instr-generate -fcoverage-mapping)
    target_link_options(core PUBLIC -fprofile-instr-generate)
  endif()

  add_library(fuzz_parts OBJECT EXCLUDE_FROM_ALL ${fuzz_sources})
  add_library(fuzz_mutator OBJECT EXCLUDE_FROM_ALL test/fuzz/mutate.c)
  add_library(fuzz_tls_mutator OBJECT EXCLUDE_FROM_ALL test/fuzz/mutate_tls.c test/fuzz/tls_script.c
    test/fuzz/tls_messages.c)
  add_custom_target(fuzz)
  foreach(name fuzz_chain fuzz_chain_signed fuzz_crl fuzz_names fuzz_describe fuzz_pem fuzz_identity fuzz_aead fuzz_public_key fuzz_tls)
    add_executable(${name} EXCLUDE_FROM_ALL test/fuzz/entry.c $<TARGET_OBJECTS:fuzz_parts> ${fuzz_ciphers})
    if(name STREQUAL fuzz_tls)
      target_sources(${name} PRIVATE $<TARGET_OBJECTS:fuzz_tls_mutator>)
    elseif(NOT name MATCHES "^fuzz_(pem|identity|aead|public_key)$") # their inputs are not records
      target_sources(${name} PRIVATE $<TARGET_OBJECTS:fuzz_mutator>)
    endif()
    target_compile_definitions(${name} PRIVATE FUZZ_TARGET=${name})
    target_link_options(${name} PRIVATE -fsanitize=fuzzer)
    add_dependencies(fuzz ${name})
    list(APPEND fuzz_programs ${name})
  endforeach()
  list(APPEND fuzz_programs fuzz_parts fuzz_mutator fuzz_tls_mutator)
endif()

# The functions that host.c and tls_stubs.c replace.
set(fuzz_wraps calloc mbedtls_pk_verify_ext mbedtls_pk_verify_restartable mbedtls_pk_sign_ext mbedtls_pk_sign_restartable
  mbedtls_cipher_auth_encrypt_ext mbedtls_cipher_auth_decrypt_ext mbedtls_ct_memcmp mbedtls_md_setup pagetls_renegotiation_before psa_export_public_key
  pagetls_pbkdf2 pagetls_pkcs12_kdf pagetls_scrypt psa_raw_key_agreement mbedtls_ecdh_read_params mbedtls_ecdh_make_public mbedtls_ecdh_calc_secret)
list(TRANSFORM fuzz_wraps PREPEND -Wl,--wrap=)

foreach(name IN LISTS fuzz_programs)
  target_compile_definitions(${name} PRIVATE _POSIX_C_SOURCE=200809L)
  target_compile_options(${name} PRIVATE -g -Wall -Wextra -Wconversion -Wshadow -Werror)
  target_include_directories(${name} PRIVATE test/kernels)
  target_include_directories(${name} SYSTEM PRIVATE "${MBEDTLS_SOURCE_DIR}/library") # oracle.c
  target_link_libraries(${name} PRIVATE core m)
  get_target_property(type ${name} TYPE)
  if(type STREQUAL EXECUTABLE)
    target_link_options(${name} PRIVATE ${wraps} ${fuzz_wraps})
  endif()
endforeach()
