#include "tls/key_update.h"

#include "host/limits.h"
#include "mbedtls/protocol_checks.h"

enum { LEN = 5, LEN_AT = 3, REQUEST_AT = 4, UPDATE_REQUESTED = 1 };

int pagetls_key_update_read(const uint8_t *message, size_t len, size_t remaining, int *requested)
{
    if (len != LEN) {
        return PAGETLS_ALERT_DECODE_ERROR;
    }
    if (message[REQUEST_AT] > UPDATE_REQUESTED) {
        return PAGETLS_ALERT_ILLEGAL_PARAMETER; /* "If an implementation receives any other value" */
    }
    if (remaining != len) {
        return PAGETLS_ALERT_UNEXPECTED_MESSAGE; /* section 5.1: "MUST NOT span key changes" */
    }
    *requested = message[REQUEST_AT];
    return 0;
}

void pagetls_key_update_earn(pagetls_key_update_budget *budget, size_t len)
{
    size_t bytes = budget->bytes + len;
    if (bytes >= PAGETLS_KEY_UPDATE_BYTES) {
        bytes -= PAGETLS_KEY_UPDATE_BYTES;
        budget->spent = (int16_t) (budget->spent - (budget->spent > 0));
    }
    budget->bytes = (uint16_t) bytes;
}

void pagetls_key_update_save(pagetls_key_update_budget *budget)
{
    budget->spent = (int16_t) (budget->spent - (budget->spent > -PAGETLS_KEY_UPDATES_SAVED));
}

int pagetls_key_update_spend(pagetls_key_update_budget *budget, double now)
{
    double time = now / PAGETLS_KEY_UPDATE_MS;
    if (time >= 0 && time <= UINT32_MAX) { /* otherwise there is no clock */
        uint32_t before = budget->refilled;
        budget->refilled = (uint32_t) time;
        if (budget->spent > 0 && budget->refilled > before) { /* it may also be set back */
            uint32_t regained = budget->refilled - before;
            budget->spent = regained < (uint32_t) budget->spent ? (int16_t) (budget->spent - (int) regained) : 0;
        }
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
