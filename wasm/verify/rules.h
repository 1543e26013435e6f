/**
 * \file rules.h
 * \brief The reasons to reject a chain (rules.def), and the verify flags that they come to (flags.def).
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

/** How much is asked for: each level has the rules of those before it. */
typedef enum { PAGETLS_LEVEL_RFC5280, PAGETLS_LEVEL_WEBPKI } pagetls_level;

typedef struct {
    const char *name;    /**< its identifier */
    const char *code;    /**< without ERR_TLS_ */
    uint32_t flag;       /**< PAGETLS_FLAG_… */
    pagetls_level level; /**< the first that has it */
    const char *text;
    const char *reference;
} pagetls_rule_info;

const pagetls_rule_info *pagetls_rule_get(pagetls_rule rule);
/** 1 when \p rule is in force at \p level. */
int pagetls_rule_applies(pagetls_rule rule, pagetls_level level);

typedef struct {
    const char *name; /**< without MBEDTLS_X509_ */
    uint32_t bit;
    const char *text;
} pagetls_flag_info;

/** The flags in their order; the one after the last has no name. */
const pagetls_flag_info *pagetls_flags(void);

#endif
