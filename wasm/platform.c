/* Heap, clock and randomness. Nothing here knows about TLS. */
#include "platform.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "mbedtls/platform_time.h"
#include "mbedtls/platform_util.h"
#include "pagetls.h"
#include "psa/crypto.h"

#ifndef PAGETLS_MBEDTLS_CONFIG_H
#error "Mbed TLS took its own mbedtls_config.h instead of the one in wasm/"
#endif

static size_t heap_bytes;
static double clock_ms = NAN;

int pagetls_platform_start(void)
{
    static int started;
    if (started) {
        return 0;
    }
    psa_status_t status = psa_crypto_init();
    if (status != PSA_SUCCESS) {
        return (int) status;
    }
    /* psa_crypto_init() succeeds without ever asking for randomness: ask now,
     * so that a host without a generator is found before a connection needs it. */
    uint8_t probe[16];
    status = psa_generate_random(probe, sizeof(probe));
    mbedtls_platform_zeroize(probe, sizeof(probe));
    if (status != PSA_SUCCESS) {
        return (int) status;
    }
    started = 1;
    return 0;
}

/* --- heap ------------------------------------------------------------------ */

/* Each block knows its length: to be counted and zeroized. (malloc_usable_size() of
 * one and the same block can change in Emscripten's emmalloc.) */
typedef struct header {
    size_t len;
    struct header *next; /* of the spare blocks */
} header;
_Static_assert(sizeof(header) == 2 * sizeof(void *), "keeps malloc's alignment");

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define WITH_ASAN
#endif
#elif defined(__SANITIZE_ADDRESS__)
#define WITH_ASAN
#endif
#ifdef WITH_ASAN /* which sees the use of a spare block as that of freed memory */
#include <sanitizer/asan_interface.h>
#else
#define ASAN_POISON_MEMORY_REGION(start, len) (void) 0
#define ASAN_UNPOISON_MEMORY_REGION(start, len) (void) 0
#endif

static struct spares {
    size_t len;
    size_t count;
    header *first; /* all of them are zeros */
} spares[] = { { .len = PAGETLS_HEAP_QUEUE }, { .len = PAGETLS_HEAP_RECORD } };

static struct spares *spares_of(size_t len)
{
    return len == spares[0].len ? &spares[0] : len == spares[1].len ? &spares[1] : NULL;
}

static header *take_spare(size_t len)
{
    struct spares *kept = spares_of(len);
    if (kept == NULL || kept->count == 0) {
        return NULL;
    }
    header *block = kept->first;
    kept->first = block->next;
    kept->count--;
    ASAN_UNPOISON_MEMORY_REGION(block + 1, len);
    return block;
}

void *pagetls_heap_calloc(size_t count, size_t size)
{
    if (size != 0 && count > (SIZE_MAX - sizeof(header)) / size) {
        return NULL;
    }
    size_t len = count * size;
    header *block = take_spare(len);
    if (block == NULL) {
        block = calloc(1, sizeof(header) + len);
    }
    if (block == NULL) {
        return NULL;
    }
    block->len = len;
    heap_bytes += len;
    return block + 1;
}

void pagetls_heap_free_used(void *block, size_t used)
{
    if (block == NULL) {
        return;
    }
    header *start = (header *) block - 1;
    size_t len = start->len;
    struct spares *kept = spares_of(len);
    heap_bytes -= len;
    /* Keys, plaintext and big numbers all pass through here: none outlives its block. */
    mbedtls_platform_zeroize(block, used < len ? used : len);
    if (kept != NULL && kept->count < PAGETLS_HEAP_SPARES) {
        start->next = kept->first;
        kept->first = start;
        kept->count++;
        ASAN_POISON_MEMORY_REGION(block, len);
    } else {
        free(start);
    }
}

void pagetls_heap_free(void *block)
{
    pagetls_heap_free_used(block, SIZE_MAX);
}

void pagetls_heap_drop_spares(void)
{
    for (size_t i = 0; i < sizeof(spares) / sizeof(spares[0]); i++) {
        header *block;
        while ((block = take_spare(spares[i].len)) != NULL) {
            free(block);
        }
    }
}

void *pagetls_heap_copy(const void *bytes, size_t len)
{
    char *copy = len < SIZE_MAX ? pagetls_heap_calloc(1, len + 1) : NULL;
    if (copy != NULL && len > 0) {
        memcpy(copy, bytes, len);
    }
    return copy;
}

size_t pagetls_heap_in_use(void)
{
    return heap_bytes;
}

/* --- clock ----------------------------------------------------------------- */

void pagetls_clock_set(double milliseconds)
{
    clock_ms = milliseconds;
}

int64_t pagetls_clock_seconds(int64_t *out)
{
    static const double limit = 8.64e15; /* of JavaScript's dates: years -271821 to 275760 */
    double ms = isnan(clock_ms) ? pagetls_host_now() : clock_ms;
    ms = ms > limit ? limit : ms >= -limit ? ms : -limit; /* NaN: a date at which nothing is valid yet */
    int64_t seconds = (int64_t) floor(ms / 1000.0);
    if (out != NULL) {
        *out = seconds;
    }
    return seconds;
}

/* Intervals (ticket ages), never certificate validity: always the host's clock. */
mbedtls_ms_time_t mbedtls_ms_time(void)
{
    return (mbedtls_ms_time_t) pagetls_host_now();
}

/* Days to a civil date, proleptic Gregorian, for any year: the libc's gmtime_r
 * takes a 32-bit time_t on some Emscripten releases. */
struct tm *mbedtls_platform_gmtime_r(const mbedtls_time_t *tt, struct tm *out)
{
    int64_t days = *tt / 86400;
    int64_t rest = *tt % 86400;
    if (rest < 0) {
        rest += 86400;
        days -= 1;
    }
    int64_t z = days + 719468;                       /* days since 0000-03-01 */
    int64_t era = (z >= 0 ? z : z - 146096) / 146097;
    int64_t day_of_era = z - era * 146097;
    int64_t year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    int64_t shifted_month = (5 * day_of_year + 2) / 153;
    int64_t month = shifted_month < 10 ? shifted_month + 3 : shifted_month - 9;
    int64_t year = year_of_era + era * 400 + (month <= 2 ? 1 : 0);

    memset(out, 0, sizeof(*out));
    out->tm_year = (int) (year - 1900);
    out->tm_mon = (int) (month - 1);
    out->tm_mday = (int) (day_of_year - (153 * shifted_month + 2) / 5 + 1);
    out->tm_hour = (int) (rest / 3600);
    out->tm_min = (int) (rest / 60 % 60);
    out->tm_sec = (int) (rest % 60);
    return out;
}

/* --- randomness -------------------------------------------------------------- */

psa_status_t mbedtls_psa_external_get_random(mbedtls_psa_external_random_context_t *context,
                                             uint8_t *output, size_t output_size,
                                             size_t *output_length)
{
    (void) context;
    *output_length = 0;
    if (pagetls_host_random(output, output_size) != 0) {
        return PSA_ERROR_INSUFFICIENT_ENTROPY;
    }
    *output_length = output_size;
    return PSA_SUCCESS;
}
