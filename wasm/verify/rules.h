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

/** How strict a profile is: each level includes the rules of the levels before it. */
typedef enum { PAGETLS_LEVEL_RFC5280, PAGETLS_LEVEL_WEBPKI } pagetls_level;

typedef struct {
    const char *name;    /**< the identifier in rules.def */
    const char *code;    /**< without ERR_TLS_ */
    uint32_t flag;       /**< PAGETLS_FLAG_… */
    pagetls_level level; /**< the lowest level that has the rule */
    const char *text;
    const char *reference;
} pagetls_rule_info;

const pagetls_rule_info *pagetls_rule_get(pagetls_rule rule);
/** 1 when \p rule applies at \p level. */
int pagetls_rule_applies(pagetls_rule rule, pagetls_level level);

typedef struct {
    const char *name; /**< without MBEDTLS_X509_ */
    uint32_t bit;
    const char *text;
} pagetls_flag_info;

/** The flags in the order of flags.def, ended by one whose name is NULL. */
const pagetls_flag_info *pagetls_flags(void);

#endif
