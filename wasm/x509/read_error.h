/**
 * \file read_error.h
 * \brief Why an input is unreadable: a field and a reason, both from read_errors.def.
 */
#ifndef PAGETLS_READ_ERROR_H
#define PAGETLS_READ_ERROR_H

#include "x509/der.h"

typedef enum {
    PAGETLS_FIELD_NONE = 0,
#define FIELD(id, name) PAGETLS_FIELD_##id,
#include "x509/read_errors.def"
#undef FIELD
} pagetls_field;

typedef enum {
    PAGETLS_REASON_NONE = 0,
#define REASON(id, name, text) PAGETLS_REASON_##id,
#include "x509/read_errors.def"
#undef REASON
} pagetls_reason;

typedef struct {
    pagetls_field field; /**< PAGETLS_FIELD_NONE: no error */
    pagetls_reason reason;
} pagetls_read_error;

const char *pagetls_field_name(pagetls_field field);
const char *pagetls_reason_name(pagetls_reason reason);
/** A text that completes the sentence "<field> …". */
const char *pagetls_reason_text(pagetls_reason reason);

/** Sets \p field and \p reason in \p error. Always returns -1, for the caller to return. */
int pagetls_read_error_set(pagetls_read_error *error, pagetls_field field, pagetls_reason reason);

/**
 * Reads the next element from \p from, which must have \p tag.
 * \return 0, or -1 with \p error set to \p field and the reason
 */
int pagetls_read_element(pagetls_slice *from, uint8_t tag, pagetls_element *element, pagetls_field field,
                         pagetls_read_error *error);
/** Like pagetls_read_element(), but gives only the content. */
int pagetls_read_content(pagetls_slice *from, uint8_t tag, pagetls_slice *content, pagetls_field field,
                         pagetls_read_error *error);

#endif
