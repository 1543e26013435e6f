#include "tls/key_update.h"

#include "host/limits.h"

enum { LEN = 5, LEN_AT = 3, REQUEST_AT = 4, UPDATE_REQUESTED = 1 };
enum { UNEXPECTED_MESSAGE = 10, ILLEGAL_PARAMETER = 47, DECODE_ERROR = 50 };

int pagetls_key_update_read(const uint8_t *message, size_t len, size_t remaining, int *requested)
{
    if (len != LEN) {
        return DECODE_ERROR;
    }
    if (message[REQUEST_AT] > UPDATE_REQUESTED) {
        return ILLEGAL_PARAMETER; /* "If an implementation receives any other value" */
    }
    if (remaining != len) {
        return UNEXPECTED_MESSAGE; /* section 5.1: "MUST NOT span key changes" */
    }
    *requested = message[REQUEST_AT];
    return 0;
}

void pagetls_key_update_earn(pagetls_key_update_budget *budget, size_t len)
{
    budget->bytes += (unsigned) len;
    if (budget->bytes >= PAGETLS_KEY_UPDATE_BYTES) {
        budget->bytes -= PAGETLS_KEY_UPDATE_BYTES;
        budget->spent -= budget->spent > 0;
    }
}

int pagetls_key_update_spend(pagetls_key_update_budget *budget, double now)
{
    double regained = (now - budget->refilled) / PAGETLS_KEY_UPDATE_MS;
    if (regained >= budget->spent) {
        budget->spent = 0;
        budget->refilled = now;
    } else if (regained >= 1) {
        budget->spent -= (int) regained;
        budget->refilled += (int) regained * (double) PAGETLS_KEY_UPDATE_MS;
    } else if (!(regained >= 0)) { /* the clock was set back, or is broken */
        budget->refilled = now;
    }
    return ++budget->spent <= PAGETLS_KEY_UPDATES_MAX;
}

int pagetls_key_update_is_due(const uint8_t sequence[8])
{
    uint64_t records = 0;
    for (int i = 0; i < 8; i++) {
        records = records << 8 | sequence[i];
    }
    return records >= PAGETLS_KEY_RECORDS_MAX;
}
