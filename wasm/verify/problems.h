/**
 * \file problems.h
 * \brief The problems and warnings of a path: violated rules, each with a detail.
 */
#ifndef PAGETLS_PROBLEMS_H
#define PAGETLS_PROBLEMS_H

#include "host/limits.h"
#include "verify/rules.h"
#include "x509/datetime.h"
#include "x509/read_error.h"

/** How many octets of a serial number or key identifier a detail shows. */
#define PAGETLS_OCTETS_SHOWN 32

typedef struct {
    pagetls_rule rule;
    uint16_t depth;                  /**< 0 is the leaf */
    pagetls_read_error error;        /**< for PAGETLS_RULE_PARSE */
    char detail[PAGETLS_DETAIL_MAX]; /**< UTF-8: the value found, and the one expected; may be empty */
    int cut;                         /**< the detail is incomplete, and ends with an ellipsis */
} pagetls_problem;

typedef struct {
    pagetls_rule_set rules; /**< decide whether a violation is a problem, a warning or neither */
    size_t count;           /**< of problems */
    size_t warnings_count;
    size_t more_problems; /**< beyond PAGETLS_PROBLEMS_MAX: counted, but not kept */
    size_t more_warnings;
    uint8_t counted[PAGETLS_PATH_MAX][PAGETLS_RULES / 8 + 1]; /**< bits by depth and rule: which of them */
    pagetls_problem list[PAGETLS_PROBLEMS_MAX];
    pagetls_problem warnings[PAGETLS_WARNINGS_MAX];
    pagetls_problem ignored; /**< receives the detail of a violation that is not kept */
} pagetls_problems;

/** Empties both lists and sets the rules. */
void pagetls_problems_reset(pagetls_problems *problems, pagetls_rule_set rules);
/**
 * Adds a problem or a warning, whichever a violation of the rule is; replaces one with the same rule and depth. Beyond the
 * maximum, only counts it. All problems and warnings are added here.
 * \return the problem or warning, to append its detail to; never NULL
 */
pagetls_problem *pagetls_problems_add(pagetls_problems *problems, pagetls_rule rule, size_t depth);
/** The same, but what would be a problem is a warning: for a rule that the caller has made optional. */
pagetls_problem *pagetls_problems_add_warning(pagetls_problems *problems, pagetls_rule rule, size_t depth);
/** The flags of all problems, combined. */
uint32_t pagetls_problems_flags(const pagetls_problem *list, size_t count);

/* Each function appends to the detail of a problem. */

/** Text of the verifier itself. */
void pagetls_problem_append(pagetls_problem *problem, const char *text);
/**
 * Text of a certificate. Control characters, and octets above 0x7F of text that is not UTF-8, are written as a backslash
 * and two hexadecimal digits. Other characters that change how text looks are left to whoever shows it.
 */
void pagetls_problem_append_untrusted(pagetls_problem *problem, const uint8_t *text, size_t len);
/** One octet as a backslash and two hexadecimal digits. */
void pagetls_problem_append_escaped(pagetls_problem *problem, uint8_t octet);
void pagetls_problem_append_number(pagetls_problem *problem, int64_t number);
/** In hexadecimal; at most #PAGETLS_OCTETS_SHOWN. */
void pagetls_problem_append_octets(pagetls_problem *problem, pagetls_slice octets);
/** The name of an OID (its content octets), or its dotted form. */
void pagetls_problem_append_oid(pagetls_problem *problem, pagetls_slice oid);
/** A distinguished name, including its header. */
void pagetls_problem_append_name(pagetls_problem *problem, pagetls_slice name);
/** A time in seconds since 1970. */
void pagetls_problem_append_date(pagetls_problem *problem, int64_t time);
/** \p before, a time, and the time \p now of the verification; both in seconds since 1970. */
void pagetls_problem_append_time(pagetls_problem *problem, const char *before, int64_t time, int64_t now);

#endif
