/**
 * \file check.h
 * \brief The native test harness: checks, test PKI files, and known leaks.
 */
#ifndef PAGETLS_TEST_CHECK_H
#define PAGETLS_TEST_CHECK_H

#include <stddef.h>
#include <stdint.h>

/** A test, named by the behaviour that it checks. */
typedef struct {
    const char *name;
    void (*run)(void);
} native_test;

/** Protocol versions on the wire. */
enum { TLS_1_2 = 0x0303, TLS_1_3 = 0x0304 };

/** The command-line arguments. */
typedef struct {
    const char *certs;   /**< directory of the test PKI (certs/generate.js) */
    const char *case_id; /**< the case that the server uses; default good-p256 */
    int port;            /**< of the server, on 127.0.0.1 */
    int version;         /**< of the server: TLS_1_2 or TLS_1_3 */
} native_arguments;
extern native_arguments arguments;

/** The time at which all cases of the test PKI are verified: 2026-06-15T12:00:00Z, in milliseconds since 1970. */
#define CHECK_CLOCK_MS 1781524800000.0

/** Prints a failure and continues. */
#define CHECK(condition) (void) check_that((condition) ? 1 : 0, #condition, __FILE__, __LINE__)
/** Prints a failure and ends the test. */
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
/** Sets a text that is printed with later failures; "" clears it. */
void check_context(const char *format, ...) __attribute__((format(printf, 1, 2)));
/** Allows \p bytes of heap to leak, because of a known bug in Mbed TLS. */
void check_allow_leak(size_t bytes);
size_t check_allowed_leaks(void);

/** Runs one test and checks it for leaks; 1 if it passed. */
int check_run(const native_test *test);

/** 1 if \p text is exactly one JSON value (RFC 8259) in valid UTF-8. */
int check_is_json(const char *text);

/** Reads a file into a block of exactly its size; NULL on failure (printed). Free with free(). */
uint8_t *check_file(const char *name, size_t *len);
/** Like check_file(), for a file of the test PKI. */
uint8_t *check_cert_file(const char *id, const char *name, size_t *len);
/** The DER of certificate \p index of a PEM file of the test PKI. */
uint8_t *check_cert_der(const char *id, const char *name, int index, size_t *len);
/** Copies \p len octets into a block of exactly that size, so that ASan detects reads beyond it. */
uint8_t *check_exact_copy(const void *bytes, size_t len);

#endif
