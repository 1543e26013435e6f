/**
 * \file rules.h
 * \brief The reasons to refuse a chain (rules.def), and the list of those that were found.
 */
#ifndef PAGETLS_RULES_H
#define PAGETLS_RULES_H

#include <stddef.h>
#include <stdint.h>

#include "der.h"

typedef enum {
    PAGETLS_RULE_NONE = 0,
#define RULE(id, code, flag, level, text, reference) PAGETLS_RULE_##id,
#include "verify/rules.def"
#undef RULE
    PAGETLS_RULES
} pagetls_rule;

typedef struct {
    const char *code;      /**< without ERR_TLS_ */
    uint32_t flag;         /**< MBEDTLS_X509_… */
    int webpki_only;
    const char *text;
    const char *reference;
} pagetls_rule_info;

const pagetls_rule_info *pagetls_rule_get(pagetls_rule rule);

/** The most problems of one path that are kept; more would not make it worse. */
#define PAGETLS_PROBLEMS_MAX 48
/** Octets of details, the terminator included. */
#define PAGETLS_DETAIL_MAX 240

typedef struct {
    pagetls_rule rule;
    uint8_t depth;                    /**< 0 is the leaf */
    char detail[PAGETLS_DETAIL_MAX];  /**< what was found and expected; may be empty */
} pagetls_problem;

typedef struct {
    size_t count;
    pagetls_problem list[PAGETLS_PROBLEMS_MAX];
} pagetls_problems;

/** Notes a problem and returns it, for its detail to be written; the same one twice is noted once. */
pagetls_problem *pagetls_problems_add(pagetls_problems *problems, pagetls_rule rule, size_t depth);
/** Appends printable text to the detail; anything else in it becomes "?". */
void pagetls_problem_say(pagetls_problem *problem, const char *text);
void pagetls_problem_say_foreign(pagetls_problem *problem, const uint8_t *text, size_t len);
void pagetls_problem_say_number(pagetls_problem *problem, int64_t number);
/** In hexadecimal; 32 octets at the most. */
void pagetls_problem_say_octets(pagetls_problem *problem, const uint8_t *octets, size_t len);
/** The name of an OID (its content octets), or its numbers when it has none. */
void pagetls_problem_say_oid(pagetls_problem *problem, pagetls_slice oid);

#endif
