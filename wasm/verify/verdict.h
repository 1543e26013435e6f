/**
 * \file verdict.h
 * \brief What was found out about a chain, kept until it is reported.
 */
#ifndef PAGETLS_VERDICT_H
#define PAGETLS_VERDICT_H

#include <stddef.h>
#include <stdint.h>

#include "json.h"
#include "mbedtls/x509_crt.h"
#include "verify/path.h"

typedef struct {
    uint8_t *der;
    size_t len;
    int unreadable; /**< of one that was sent: the code that reading it ended with, or 0 */
    int place;      /**< of one of the path: its place among those sent, which then own der; else -1 */
} pagetls_der;

/** The most certificates of one chain; those of a Certificate message of 64 KiB are fewer. */
#define PAGETLS_VERDICT_SENT_MAX 1000

typedef struct {
    int judged;      /**< 0 until the chain has been judged */
    int incomplete;  /**< memory ran out while it was kept: never reported as good */
    uint32_t flags;  /**< all depths together */
    int64_t time;    /**< the clock it was judged by, in seconds since 1970 */
    pagetls_der path[PAGETLS_PATH_MAX];
    uint8_t revocation_checked[PAGETLS_PATH_MAX]; /**< for each of path: a list covered it */
    size_t path_len;
    size_t tried;         /**< paths that were looked at */
    pagetls_json others;  /**< those that were not chosen: the elements of a JSON array */
    pagetls_der *sent;
    size_t sent_len;
    size_t sent_capacity;
    pagetls_json problems; /**< the elements of a JSON array */
} pagetls_verdict;

/** Keeps a copy of a certificate that the peer sent, in its order. */
void pagetls_verdict_add_sent(pagetls_verdict *verdict, const uint8_t *der, size_t len);
/** Keeps what a search found: the path, from the leaf on, and its problems. */
void pagetls_verdict_take(pagetls_verdict *verdict, const pagetls_search_result *result);
/** Writes \p problem as an element of the array that is open. */
void pagetls_verdict_write_problem(pagetls_json *json, const pagetls_problem *problem);
/** Notes the certificate at \p index of those sent as unreadable: \p error is the negative Mbed TLS code. */
void pagetls_verdict_set_unreadable(pagetls_verdict *verdict, size_t index, int error);
/** 1 when reading a certificate ended with \p error for want of memory: nothing is known of it then. */
int pagetls_is_want_of_memory(int error);
/** Notes as a problem a certificate that cannot be read. */
void pagetls_verdict_add_parse_error(pagetls_verdict *verdict, size_t depth, int error);
/** Writes the verdict as the object \p key of \p json. */
void pagetls_verdict_write(const pagetls_verdict *verdict, pagetls_json *json, const char *key);
/** Forgets how the chain was judged, but not what was sent: it can be judged again. */
void pagetls_verdict_reset(pagetls_verdict *verdict);
/** Gives up the kept certificates; the judgement stays. */
void pagetls_verdict_drop_certificates(pagetls_verdict *verdict);
/** Forgets everything. */
void pagetls_verdict_clear(pagetls_verdict *verdict);

#endif
