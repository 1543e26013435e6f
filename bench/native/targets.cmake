# The native clients of the benchmark. Included by the project's CMakeLists.txt, which defines 'core' and 'wraps'.
# bench_client_stock uses Mbed TLS's own verifier, as pagetls-stock.wasm does.
foreach(client bench_client bench_client_stock)
  add_executable(${client} EXCLUDE_FROM_ALL bench/native/client.c bench/native/session.c)
  target_compile_definitions(${client} PRIVATE _POSIX_C_SOURCE=200809L)
  target_compile_options(${client} PRIVATE -Wall -Wextra -Wconversion -Wshadow -Werror)
  target_link_libraries(${client} PRIVATE core m)
endforeach()
target_link_options(bench_client PRIVATE ${wraps})
target_sources(bench_client_stock PRIVATE bench/native/stock_chain.c)
