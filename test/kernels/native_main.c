/* Runs our kernels and Mbed TLS's code, for the tests in JavaScript (kernels.js):
 *
 *   kernels_test cases FIRST COUNT         compares random cases of ciphers, starting with number FIRST
 *   kernels_test misuse                    compares invalid calls
 *   kernels_test run                       runs a case from each line of standard input, and prints a line each
 *   kernels_test repeat IMPLEMENTATION ALGORITHM BITS LENGTH TIMES    prints CPU seconds
 *   kernels_test public-cases FIRST COUNT  compares random cases of public keys
 *   kernels_test public-run                like run, for public keys: whether fast, operation, curve, four inputs
 *   kernels_test public-repeat IMPLEMENTATION OPERATION CURVE TIMES   prints CPU seconds
 *   kernels_test secrets NAME              runs an operation with secrets that Valgrind tracks (secrets.h)
 *   kernels_test leftovers                 prints a line for each method of leftovers.h: "left" or "gone"
 *
 * IMPLEMENTATION is "fast" or "reference".
 */
#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "differential.h"
#include "leftovers.h"
#include "public_key.h"
#include "secrets.h"

static int report_difference(const char *what)
{
    if (what != NULL) {
        fprintf(stderr, "differs: %s\n", what);
    }
    return what != NULL;
}

static int run_cases(const char *(*compare)(uint64_t seed), uint64_t first, uint64_t count)
{
    for (uint64_t i = 0; i < count; i++) {
        if (report_difference(compare(first + i))) {
            return 1;
        }
    }
    printf("%" PRIu64 " cases\n", count);
    return 0;
}

static uint32_t parse_number(const char *word)
{
    return (uint32_t) strtoul(word, NULL, 10);
}

/* --- cases from standard input ------------------------------------------------------- */

/* Decodes hexadecimal digits; "-" means no bytes. */
static uint8_t *parse_hex(const char *word, size_t *len)
{
    *len = strcmp(word, "-") == 0 ? 0 : strlen(word) / 2;
    uint8_t *out = malloc(*len + (*len == 0)); /* exact, so that ASan reports reads beyond the end */
    if (out == NULL) {
        abort();
    }
    for (size_t i = 0; i < *len; i++) {
        const char digits[3] = { word[2 * i], word[2 * i + 1], '\0' };
        out[i] = (uint8_t) strtoul(digits, NULL, 16);
    }
    return out;
}

static void print_bytes(const uint8_t *bytes, size_t len)
{
    printf(len == 0 ? " -" : " ");
    for (size_t i = 0; i < len; i++) {
        printf("%02x", bytes[i]);
    }
}

enum { FAST, ALGORITHM, DECRYPT, COUNTER, PIECES, LAYERED, TAG_LEN, KEY, NONCE, AD, DATA, TAG, FIELDS };

static void run_fields(char *const field[FIELDS])
{
    size_t key_len;
    size_t tag_len;
    kernel_input input = {
        .algorithm = (int) parse_number(field[ALGORITHM]),
        .decrypt = (int) parse_number(field[DECRYPT]),
        .counter = parse_number(field[COUNTER]),
        .pieces = parse_number(field[PIECES]),
        .layered = (int) parse_number(field[LAYERED]),
        .tag_len = parse_number(field[TAG_LEN]),
    };
    uint8_t *key = parse_hex(field[KEY], &key_len);
    uint8_t *nonce = parse_hex(field[NONCE], &input.nonce_len);
    uint8_t *ad = parse_hex(field[AD], &input.ad_len);
    uint8_t *data = parse_hex(field[DATA], &input.len);
    uint8_t *given = parse_hex(field[TAG], &tag_len);
    uint8_t tag[64] = { 0 };
    memcpy(tag, given, tag_len < sizeof(tag) ? tag_len : sizeof(tag));
    input.key_bits = (unsigned) (8 * key_len);
    input.key = key;
    input.nonce = nonce;
    input.ad = ad;
    input.in = data;
    input.out = data;
    input.tag = tag;
    int ret = (int) parse_number(field[FAST]) ? kernel_fast_run(&input) : kernel_reference_run(&input);
    printf("%d", ret);
    print_bytes(data, input.len);
    print_bytes(tag, input.tag_len);
    printf("\n");
    free(key);
    free(nonce);
    free(ad);
    free(data);
    free(given);
}

enum { PUBLIC_FAST, OPERATION, CURVE, FIRST, PUBLIC_FIELDS = FIRST + 4 };

static void run_public_fields(char *const field[FIELDS])
{
    kernel_public_input input = { .operation = (int) parse_number(field[OPERATION]),
                                  .curve = (int) parse_number(field[CURVE]) };
    uint8_t *bytes[4];
    uint8_t out[KERNEL_PUBLIC_MAX_BYTES];
    size_t len;
    for (size_t i = 0; i < 4; i++) {
        bytes[i] = parse_hex(field[FIRST + i], &input.in[i].len);
        input.in[i].p = bytes[i];
    }
    printf("%d", kernel_public((int) parse_number(field[PUBLIC_FAST]), &input, out, &len));
    print_bytes(out, len);
    printf("\n");
    for (size_t i = 0; i < 4; i++) {
        free(bytes[i]);
    }
}

static int run_each_line(int fields, void (*run)(char *const field[FIELDS]))
{
    static char line[1 << 19];
    while (fgets(line, sizeof(line), stdin) != NULL) {
        char *field[FIELDS];
        char *rest = line;
        int count = 0;
        for (char *word; count < fields && (word = strtok_r(rest, " \n", &rest)) != NULL; count++) {
            field[count] = word;
        }
        if (count != fields) {
            fprintf(stderr, "a line has %d fields, not %d\n", count, fields);
            return 2;
        }
        run(field);
    }
    return 0;
}

/* --- time ------------------------------------------------------------------------------ */

static double cpu_seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double) now.tv_sec + (double) now.tv_nsec / 1e9;
}

static int repeat(char **word)
{
    kernel_repeat *make = strcmp(word[0], "fast") == 0 ? kernel_fast_repeat : kernel_reference_repeat;
    int algorithm = (int) parse_number(word[1]);
    unsigned bits = parse_number(word[2]);
    size_t len = parse_number(word[3]);
    unsigned times = parse_number(word[4]);
    (void) make(algorithm, bits, len, times / 4 + 1); /* to warm up */
    double start = cpu_seconds();
    unsigned of_it = make(algorithm, bits, len, times);
    printf("%.9f\n", cpu_seconds() - start);
    return of_it == ~0u;
}

static int repeat_public(char **word)
{
    const int fast = strcmp(word[0], "fast") == 0;
    const int operation = (int) parse_number(word[1]);
    const int curve = (int) parse_number(word[2]);
    const unsigned times = parse_number(word[3]);
    int ok = kernel_public_repeat(fast, operation, curve, times / 4 + 1); /* to warm up */
    double start = cpu_seconds();
    ok &= kernel_public_repeat(fast, operation, curve, times);
    printf("%.9f\n", cpu_seconds() - start);
    return !ok;
}

/* --- leftovers of secrets ------------------------------------------------------------------ */

enum { STACK_BYTES = 1 << 18, PART_BYTES = 8 };

static uint8_t secret[KERNEL_SECRET_BYTES];

static void *leave_secret(void *method)
{
    kernel_leave_secret(*(int *) method, secret);
    return NULL;
}

/* Runs the method on a separate stack, and searches that for parts of the secret. */
static int leaves_secret(int method)
{
    uint8_t *stack = aligned_alloc(4096, STACK_BYTES);
    pthread_attr_t attributes;
    pthread_t thread;
    int left = 0;
    if (stack == NULL || pthread_attr_init(&attributes) != 0) {
        abort();
    }
    memset(stack, 0, STACK_BYTES);
    if (pthread_attr_setstack(&attributes, stack, STACK_BYTES) != 0 ||
        pthread_create(&thread, &attributes, leave_secret, &method) != 0 || pthread_join(thread, NULL) != 0) {
        abort();
    }
    for (size_t i = 0; i + PART_BYTES <= STACK_BYTES && !left; i++) {
        for (size_t at = 0; at < KERNEL_SECRET_BYTES; at += PART_BYTES) {
            left |= memcmp(stack + i, secret + at, PART_BYTES) == 0;
        }
    }
    pthread_attr_destroy(&attributes);
    free(stack);
    return left;
}

static int leftovers(void)
{
    for (size_t i = 0; i < sizeof(secret); i++) {
        secret[i] = (uint8_t) (0x5a ^ 29 * i);
    }
    for (int method = 0; method < KERNEL_OVERWRITES; method++) {
        puts(leaves_secret(method) ? "left" : "gone");
    }
    return 0;
}

int main(int argc, char **argv)
{
    const char *command = argc > 1 ? argv[1] : "";
    if (strcmp(command, "cases") == 0 && argc == 4) {
        return run_cases(kernel_random_case, strtoull(argv[2], NULL, 10), strtoull(argv[3], NULL, 10));
    }
    if (strcmp(command, "misuse") == 0 && argc == 2) {
        return report_difference(kernel_compare_misuse());
    }
    if (strcmp(command, "public-cases") == 0 && argc == 4) {
        return run_cases(kernel_public_case, strtoull(argv[2], NULL, 10), strtoull(argv[3], NULL, 10));
    }
    if (strcmp(command, "run") == 0 && argc == 2) {
        return run_each_line(FIELDS, run_fields);
    }
    if (strcmp(command, "public-run") == 0 && argc == 2) {
        return run_each_line(PUBLIC_FIELDS, run_public_fields);
    }
    if (strcmp(command, "public-repeat") == 0 && argc == 6) {
        return repeat_public(argv + 2);
    }
    if (strcmp(command, "repeat") == 0 && argc == 7) {
        return repeat(argv + 2);
    }
    if (strcmp(command, "secrets") == 0 && argc == 3) {
        return kernel_run_with_secrets(argv[2]);
    }
    if (strcmp(command, "leftovers") == 0 && argc == 2) {
        return leftovers();
    }
    fprintf(stderr, "kernels_test: unknown command or wrong number of arguments; see test/kernels/native_main.c\n");
    return 2;
}
