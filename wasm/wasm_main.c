/* What only the wasm module has: its two imports and the list of its exports. */
#include "pagetls.h"
#include "platform.h"

__attribute__((import_module("pagetls"), import_name("random")))
int imported_random(uint8_t *out, size_t len);
__attribute__((import_module("pagetls"), import_name("now")))
double imported_now(void);

int pagetls_host_random(uint8_t *out, size_t len)
{
    return imported_random(out, len);
}

double pagetls_host_now(void)
{
    return imported_now();
}

/* Emscripten would import this to tell its own glue; our loader makes its views anew. */
void emscripten_notify_memory_growth(size_t index);
void emscripten_notify_memory_growth(size_t index)
{
    (void) index;
}
