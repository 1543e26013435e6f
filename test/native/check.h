/**
 * \file check.h
 * \brief What a native test is, and what it can promise.
 */
#ifndef PAGETLS_TEST_CHECK_H
#define PAGETLS_TEST_CHECK_H

#include <stddef.h>
#include <stdint.h>

/** A test: its name is the behaviour that it promises. */
typedef struct {
    const char *name;
    void (*run)(void);
} native_test;

/** What the command line gave. */
typedef struct {
    const char *certs; /**< the directory that certs/generate.js wrote */
    const char *id;    /**< the case that the server serves; good-p256 unless told */
    int port;          /**< of the server on 127.0.0.1 */
    int version;       /**< of the server: 0x0303 or 0x0304 */
} native_arguments;
extern native_arguments arguments;

/** Notes a failure, which is printed, and goes on. */
#define CHECK(condition) (void) check_that((condition) ? 1 : 0, #condition, __FILE__, __LINE__)
/** Notes a failure and leaves the test. */
#define REQUIRE(condition)                                                                                             \
    do {                                                                                                               \
        if (!check_that((condition) ? 1 : 0, #condition, __FILE__, __LINE__)) {                                        \
            return;                                                                                                    \
        }                                                                                                              \
    } while (0)
#define CHECK_INT(actual, expected) check_int((int64_t) (actual), (int64_t) (expected), #actual, __FILE__, __LINE__)
#define CHECK_TEXT(actual, expected) check_text((actual), (expected), #actual, __FILE__, __LINE__)

int check_that(int held, const char *condition, const char *file, int line);
void check_int(int64_t actual, int64_t expected, const char *what, const char *file, int line);
void check_text(const char *actual, const char *expected, const char *what, const char *file, int line);
/** Says what the checks that follow are about, when one of them fails; "" ends that. */
void check_about(const char *format, ...) __attribute__((format(printf, 1, 2)));
/** Counts \p bytes of heap as lost, by a fault that is known and not ours. */
void check_forgive(size_t bytes);
size_t check_forgiven(void);

/** Runs one test, with its leaks; 1 when it held. */
int check_run(const native_test *test);

/** 1 when \p text is one JSON value (RFC 8259) in valid UTF-8 and nothing else. */
int check_is_json(const char *text);

/** A file's octets in a block of exactly that size, or NULL (noted). Freed with free(). */
uint8_t *check_file(const char *name, size_t *len);
/** The same, for a file of the test PKI. */
uint8_t *check_cert_file(const char *id, const char *name, size_t *len);
/** The DER of certificate \p index of a PEM file of the test PKI. */
uint8_t *check_cert_der(const char *id, const char *name, int index, size_t *len);
/** \p len octets in a block of exactly that size, so that reading past them is seen. */
uint8_t *check_exact(const void *bytes, size_t len);

#endif
