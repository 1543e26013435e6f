/* The host functions of the wasm module, which are its imports. */
#include "host/host.h"

int imported_random(uint8_t *out, size_t len) __attribute__((import_module("pagetls"), import_name("random")));
double imported_now(void) __attribute__((import_module("pagetls"), import_name("now")));
int imported_aead(int cipher, int decrypt, const uint8_t *key, const uint8_t *nonce, const uint8_t *ad, size_t ad_len,
                  const uint8_t *in, size_t len, uint8_t *out, uint8_t *tag)
    __attribute__((import_module("pagetls"), import_name("aead")));

int pagetls_host_random(uint8_t *out, size_t len)
{
    return imported_random(out, len);
}

double pagetls_host_now(void)
{
    return imported_now();
}

int pagetls_host_aead(int cipher, int decrypt, const uint8_t *key, const uint8_t nonce[12], const uint8_t *ad,
                      size_t ad_len, const uint8_t *in, size_t len, uint8_t *out, uint8_t *tag)
{
    return imported_aead(cipher, decrypt, key, nonce, ad, ad_len, in, len, out, tag);
}

/* Emscripten would import this to notify its JavaScript glue. Our loader recreates its views after every call. */
void emscripten_notify_memory_growth(size_t index);
void emscripten_notify_memory_growth(size_t index)
{
    (void) index;
}
