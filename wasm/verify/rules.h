/**
 * \file rules.h
 * \brief The reasons to reject a chain (rules.def), and Mbed TLS's verify flags for them (flags.def).
 */
#ifndef PAGETLS_RULES_H
#define PAGETLS_RULES_H

#include <stddef.h>
#include <stdint.h>

typedef enum {
    PAGETLS_RULE_NONE = 0,
#define RULE(id, code, flag, level, text, reference) PAGETLS_RULE_##id,
#include "verify/rules.def"
#undef RULE
    PAGETLS_RULES
} pagetls_rule;

enum {
    PAGETLS_FLAG_NONE = 0,
#define FLAG(name, bit, text) PAGETLS_FLAG_##name = bit,
#include "verify/flags.def"
#undef FLAG
};

/** The levels of rules.def. */
typedef enum {
    PAGETLS_LEVEL_RFC5280,
    PAGETLS_LEVEL_FORM,
    PAGETLS_LEVEL_EXEMPT,
    PAGETLS_LEVEL_WEBPKI,
    PAGETLS_LEVEL_ADVICE,
    PAGETLS_LEVELS
} pagetls_level;

/** The columns of the table in rules.def: each profile has one of these sets of rules. */
typedef enum {
    PAGETLS_RULE_SET_RFC5280,
    PAGETLS_RULE_SET_WEBPKI,
    PAGETLS_RULE_SET_PRIVATE,
    PAGETLS_RULE_SETS
} pagetls_rule_set;

/** What a violation of a rule means. */
typedef enum {
    PAGETLS_EFFECT_NONE,
    PAGETLS_EFFECT_WARNING, /**< reported; the path can still be valid */
    PAGETLS_EFFECT_PROBLEM  /**< the path is not valid */
} pagetls_effect;

typedef struct {
    const char *name; /**< the identifier in rules.def */
    const char *code; /**< without ERR_TLS_ */
    uint32_t flag;    /**< PAGETLS_FLAG_… */
    pagetls_level level;
    const char *text;
    const char *reference;
} pagetls_rule_info;

const pagetls_rule_info *pagetls_rule_get(pagetls_rule rule);
pagetls_effect pagetls_rule_effect(pagetls_rule rule, pagetls_rule_set set);

typedef struct {
    const char *name; /**< without MBEDTLS_X509_ */
    uint32_t bit;
    const char *text;
} pagetls_flag_info;

/** The flags in the order of flags.def, ended by one whose name is NULL. */
const pagetls_flag_info *pagetls_flags(void);

#endif
