/**
 * \file problems.h
 * \brief What is wrong with a path: a list of rules that are broken, each with what was found.
 */
#ifndef PAGETLS_PROBLEMS_H
#define PAGETLS_PROBLEMS_H

#include "host/limits.h"
#include "verify/rules.h"
#include "x509/datetime.h"
#include "x509/read_error.h"

typedef struct {
    pagetls_rule rule;
    uint16_t depth;                  /**< 0 is the leaf */
    pagetls_read_error error;        /**< of PAGETLS_RULE_PARSE */
    char detail[PAGETLS_DETAIL_MAX]; /**< what was found and expected; may be empty */
} pagetls_problem;

typedef struct {
    pagetls_level level; /**< rules that are not in force at it are not added */
    size_t count;
    pagetls_problem list[PAGETLS_PROBLEMS_MAX];
    pagetls_problem ignored; /**< what a detail is written to where the rule is not in force */
} pagetls_problems;

/** Empties the list. */
void pagetls_problems_start(pagetls_problems *problems, pagetls_level level);
/**
 * Adds a problem, if its rule is in force; the same one twice is added once. This is the only way.
 * \return it, for its detail to be written; never NULL
 */
pagetls_problem *pagetls_problems_add(pagetls_problems *problems, pagetls_rule rule, size_t depth);
/** The flags of all problems together. */
uint32_t pagetls_problems_flags(const pagetls_problem *list, size_t count);

/* Each appends to the detail. */

/** Text of ours. */
void pagetls_problem_append(pagetls_problem *problem, const char *text);
/** Text of a certificate: what is not printable ASCII becomes "?". */
void pagetls_problem_append_untrusted(pagetls_problem *problem, const uint8_t *text, size_t len);
void pagetls_problem_append_number(pagetls_problem *problem, int64_t number);
/** In hexadecimal; 32 octets at the most. */
void pagetls_problem_append_octets(pagetls_problem *problem, pagetls_slice octets);
/** The name of an OID (its content octets), or its numbers when it has none. */
void pagetls_problem_append_oid(pagetls_problem *problem, pagetls_slice oid);
/** A distinguished name, with its header. */
void pagetls_problem_append_name(pagetls_problem *problem, pagetls_slice name);
/** \p before, a time, and then the time \p now that it was judged at; both in seconds since 1970. */
void pagetls_problem_append_time(pagetls_problem *problem, const char *before, int64_t time, int64_t now);

#endif
