/**
 * \file limits.h
 * \brief PAGETLS_… for every entry of limits.def.
 */
#ifndef PAGETLS_LIMITS_H
#define PAGETLS_LIMITS_H

enum {
#define LIMIT(name, value, unit, text, source) PAGETLS_##name = (value),
#include "host/limits.def"
#undef LIMIT
};

#endif
