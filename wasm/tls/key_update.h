/**
 * \file key_update.h
 * \brief The rules of KeyUpdate (RFC 8446, section 4.6.3): which messages are accepted, how many, and when we must send one.
 */
#ifndef PAGETLS_KEY_UPDATE_H
#define PAGETLS_KEY_UPDATE_H

#include <stddef.h>
#include <stdint.h>

/** The peer's KeyUpdates of a connection. All zeros at first. */
typedef struct {
    uint32_t refilled; /**< when `spent` was last reduced because of the time, in #PAGETLS_KEY_UPDATE_MS since 1970 */
    uint16_t bytes;    /**< transferred since `spent` was last reduced because of them */
    int16_t spent;     /**< of #PAGETLS_KEY_UPDATES_MAX; negative: saved, at most #PAGETLS_KEY_UPDATES_SAVED */
} pagetls_key_update_budget;

/**
 * Reads a KeyUpdate.
 * \param message    of \p len bytes, with its header of at least four bytes
 * \param remaining  bytes of the record from the start of the message on
 * \param requested  [out] 1 if the peer requests one of us
 * \return 0, or the number of the alert to send (section 6.2)
 */
int pagetls_key_update_read(const uint8_t *message, size_t len, size_t remaining, int *requested);
/** Counts \p len bytes of data, at most a record, that were received. */
void pagetls_key_update_earn(pagetls_key_update_budget *budget, size_t len);
/** Counts a record of data that was sent. A peer may request a KeyUpdate with each that it reads, until it reads ours. */
void pagetls_key_update_save(pagetls_key_update_budget *budget);
/**
 * Counts a KeyUpdate of the peer: #PAGETLS_KEY_UPDATES_MAX at once, and one more for each #PAGETLS_KEY_UPDATE_MS, for
 * each #PAGETLS_KEY_UPDATE_BYTES received and for each record sent.
 * \return 1, or 0 if it is one too many
 */
int pagetls_key_update_spend(pagetls_key_update_budget *budget, double now);
/** 1 if this number of records, in 8 bytes, is as many as may be sent under one key (#PAGETLS_KEY_RECORDS_MAX). */
int pagetls_key_update_is_due(const uint8_t sequence[8]);

#endif
