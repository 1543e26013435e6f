# Programs that contain both our kernels and Mbed TLS's ciphers (adapter.h). Included by the project's CMakeLists.txt,
# after wasm/crypto/kernels.cmake.

# In the reference build of Mbed TLS's ciphers, function names begin with reference_ instead of mbedtls_.
set(cipher_modules aes ccm chacha20 chachapoly cipher cipher_wrap gcm poly1305)
set(cipher_words)
foreach(module IN LISTS cipher_modules)
  foreach(header "include/mbedtls/${module}.h" "library/${module}.h")
    if(EXISTS "${MBEDTLS_SOURCE_DIR}/${header}")
      file(READ "${MBEDTLS_SOURCE_DIR}/${header}" text)
      string(REGEX MATCHALL "mbedtls_(internal_)?(aes|ccm|chacha20|chachapoly|cipher|gcm|poly1305)_[a-z0-9_]+" words "${text}")
      list(APPEND cipher_words ${words})
    endif()
  endforeach()
endforeach()
list(REMOVE_DUPLICATES cipher_words)
set(reference_names)
foreach(word IN LISTS cipher_words)
  string(REPLACE mbedtls_ reference_ name "${word}")
  string(APPEND reference_names "#define ${word} ${name}\n")
endforeach()
file(CONFIGURE OUTPUT reference_names.h CONTENT "${reference_names}" @ONLY)

# The ciphers and the adapter, compiled once for each implementation.
set(cipher_sources ${cipher_modules})
list(TRANSFORM cipher_sources REPLACE "(.+)" "${MBEDTLS_SOURCE_DIR}/library/\\1.c")
set(kernel_libraries)
foreach(implementation fast reference)
  add_library(${implementation}_ciphers OBJECT EXCLUDE_FROM_ALL ${cipher_sources})
  set_target_properties(${implementation}_ciphers PROPERTIES C_EXTENSIONS ON)
  add_library(${implementation}_adapter OBJECT EXCLUDE_FROM_ALL test/kernels/adapter.c test/kernels/adapter_calls.c)
  target_compile_definitions(${implementation}_adapter PRIVATE KERNEL_IMPLEMENTATION=${implementation})
  list(APPEND kernel_libraries ${implementation}_ciphers ${implementation}_adapter)
endforeach()
foreach(library reference_ciphers reference_adapter)
  target_compile_options(${library} PRIVATE -include "${CMAKE_CURRENT_BINARY_DIR}/reference_names.h")
endforeach()
target_sources(fast_ciphers PRIVATE ${kernel_sources}
  "${MBEDTLS_SOURCE_DIR}/library/constant_time.c" "${MBEDTLS_SOURCE_DIR}/library/platform_util.c")
add_library(kernel_cases OBJECT EXCLUDE_FROM_ALL test/kernels/differential.c test/kernels/gcm_nonce.c
  test/kernels/host_aead.c test/kernels/leftovers.c)
# Public keys: the linker wraps Mbed TLS's functions, which stay available as __real_... for comparison.
add_library(public_key_cases OBJECT EXCLUDE_FROM_ALL test/kernels/public_key.c test/kernels/public_cases.c
  test/kernels/ed25519_cases.c
  test/kernels/field_p256.c test/kernels/field_p384.c test/kernels/field_p521.c test/kernels/field_25519.c
  test/kernels/modulus_cases.c)
if(NOT public_key_wraps) # some cases call them directly
  set(missing_kernels ${public_key_kernels})
  list(REMOVE_ITEM missing_kernels ${kernel_sources})
  target_sources(public_key_cases PRIVATE ${missing_kernels})
endif()
list(APPEND kernel_libraries kernel_cases public_key_cases)

set(kernel_objects ${kernel_libraries})
list(TRANSFORM kernel_objects REPLACE "(.+)" "$<TARGET_OBJECTS:\\1>")
if(EMSCRIPTEN)
  set(kernel_program kernels)
  add_executable(kernels EXCLUDE_FROM_ALL
    test/kernels/wasm_main.c test/kernels/host.c wasm/host/memory.c ${kernel_objects})
  set_target_properties(kernels PROPERTIES SUFFIX ".wasm")
  target_link_options(kernels PRIVATE -Os --no-entry -sSTANDALONE_WASM -sALLOW_MEMORY_GROWTH -sMALLOC=emmalloc
    -sERROR_ON_UNDEFINED_SYMBOLS=0) # for our own import, as in CMakeLists.txt
else()
  set(kernel_program kernels_test)
  find_package(Threads REQUIRED)
  add_executable(kernels_test EXCLUDE_FROM_ALL
    test/kernels/native_main.c test/kernels/host.c test/kernels/secrets.c wasm/crypto/aes_inverse.c wasm/crypto/des.c
    wasm/crypto/md5.c wasm/crypto/rc2.c ${kernel_objects})
  target_link_libraries(kernels_test PRIVATE Threads::Threads)
endif()

target_link_libraries(${kernel_program} PRIVATE mbedtls)

foreach(name ${kernel_libraries} ${kernel_program})
  target_include_directories(${name} SYSTEM PRIVATE
    "${MBEDTLS_SOURCE_DIR}/include" "${MBEDTLS_SOURCE_DIR}/library" ${everest}/include)
  target_include_directories(${name} PRIVATE wasm)
  target_compile_definitions(${name} PRIVATE MBEDTLS_CONFIG_FILE=<mbedtls/pagetls_mbedtls_config.h> _POSIX_C_SOURCE=200809L
    $<$<BOOL:${PAGETLS_MBEDTLS_ASM}>:PAGETLS_MBEDTLS_ASM>)
  if(NOT name MATCHES "^reference_")
    target_include_directories(${name} PRIVATE wasm/mbedtls)
    target_compile_definitions(${name} PRIVATE ${kernel_definitions})
  endif()
  if(NOT name MATCHES "_ciphers$")
    target_compile_options(${name} PRIVATE -Wall -Wextra -Wconversion -Wshadow -Werror)
  endif()
  if(EMSCRIPTEN)
    target_compile_options(${name} PRIVATE -msimd128)
  else()
    target_compile_options(${name} PRIVATE -gdwarf-4 ${sanitizers})
    target_link_options(${name} PRIVATE ${sanitizers})
  endif()
endforeach()
