/* Our ciphers and Mbed TLS's own, for the tests in JavaScript:
 *
 *   kernels_test cases FIRST COUNT             random cases, from number FIRST on
 *   kernels_test misuse                        calls that are wrong
 *   kernels_test run                           a case from each line of the standard input; a line of what comes of it
 *   kernels_test repeat MAKE ALGORITHM BITS LENGTH TIMES   the seconds that it takes
 *   kernels_test public-cases FIRST COUNT      random cases of public keys
 *   kernels_test public-run                    as run, of public keys: whether fast, operation, curve, four inputs
 *   kernels_test public-repeat MAKE OPERATION CURVE TIMES   the seconds that it takes
 *   kernels_test secrets NAME                  with secrets that Valgrind knows of (secrets.h)
 *   kernels_test leftovers                     a line for each way of leftovers.h: whether something was left
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

static int differed(const char *what)
{
    if (what != NULL) {
        fprintf(stderr, "differs: %s\n", what);
    }
    return what != NULL;
}

static int cases(const char *(*compare)(uint64_t seed), uint64_t first, uint64_t count)
{
    for (uint64_t i = 0; i < count; i++) {
        if (differed(compare(first + i))) {
            return 1;
        }
    }
    printf("%" PRIu64 " cases\n", count);
    return 0;
}

static uint32_t number(const char *word)
{
    return (uint32_t) strtoul(word, NULL, 10);
}

/* --- cases from lines --------------------------------------------------------------- */

/* Bytes from hexadecimal digits, or from "-" for none. */
static uint8_t *bytes_of(const char *word, size_t *len)
{
    *len = strcmp(word, "-") == 0 ? 0 : strlen(word) / 2;
    uint8_t *out = malloc(*len + (*len == 0)); /* exact, so that a byte too many is seen */
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
        .algorithm = (int) number(field[ALGORITHM]),
        .decrypt = (int) number(field[DECRYPT]),
        .counter = number(field[COUNTER]),
        .pieces = number(field[PIECES]),
        .layered = (int) number(field[LAYERED]),
        .tag_len = number(field[TAG_LEN]),
    };
    uint8_t *key = bytes_of(field[KEY], &key_len);
    uint8_t *nonce = bytes_of(field[NONCE], &input.nonce_len);
    uint8_t *ad = bytes_of(field[AD], &input.ad_len);
    uint8_t *data = bytes_of(field[DATA], &input.len);
    uint8_t *given = bytes_of(field[TAG], &tag_len);
    uint8_t tag[64] = { 0 };
    memcpy(tag, given, tag_len < sizeof(tag) ? tag_len : sizeof(tag));
    input.key_bits = (unsigned) (8 * key_len);
    input.key = key;
    input.nonce = nonce;
    input.ad = ad;
    input.in = data;
    input.out = data;
    input.tag = tag;
    int ret = (int) number(field[FAST]) ? kernel_fast_run(&input) : kernel_reference_run(&input);
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
    kernel_public_input input = { .operation = (int) number(field[OPERATION]), .curve = (int) number(field[CURVE]) };
    uint8_t *bytes[4];
    uint8_t out[KERNEL_PUBLIC_OUT];
    size_t len;
    for (size_t i = 0; i < 4; i++) {
        bytes[i] = bytes_of(field[FIRST + i], &input.in[i].len);
        input.in[i].p = bytes[i];
    }
    printf("%d", kernel_public((int) number(field[PUBLIC_FAST]), &input, out, &len));
    print_bytes(out, len);
    printf("\n");
    for (size_t i = 0; i < 4; i++) {
        free(bytes[i]);
    }
}

static int run_lines(int fields, void (*run)(char *const field[FIELDS]))
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
    int algorithm = (int) number(word[1]);
    unsigned bits = number(word[2]);
    size_t len = number(word[3]);
    unsigned times = number(word[4]);
    (void) make(algorithm, bits, len, times / 4 + 1); /* to warm up */
    double start = cpu_seconds();
    unsigned of_it = make(algorithm, bits, len, times);
    printf("%.9f\n", cpu_seconds() - start);
    return of_it == ~0u;
}

static int repeat_public(char **word)
{
    const int fast = strcmp(word[0], "fast") == 0;
    const int operation = (int) number(word[1]);
    const int curve = (int) number(word[2]);
    const unsigned times = number(word[3]);
    int good = kernel_public_repeat(fast, operation, curve, times / 4 + 1); /* to warm up */
    double start = cpu_seconds();
    good &= kernel_public_repeat(fast, operation, curve, times);
    printf("%.9f\n", cpu_seconds() - start);
    return !good;
}

/* --- what is left of a secret ------------------------------------------------------------ */

enum { STACK = 1 << 18, PART = 8 };

static uint8_t secret[KERNEL_SECRET];

static void *leave(void *way)
{
    kernel_leave(*(int *) way, secret);
    return NULL;
}

/* Runs it on a stack of its own, and looks for parts of the secret there. */
static int is_left(int way)
{
    uint8_t *stack = aligned_alloc(4096, STACK);
    pthread_attr_t attributes;
    pthread_t thread;
    int left = 0;
    if (stack == NULL || pthread_attr_init(&attributes) != 0) {
        abort();
    }
    memset(stack, 0, STACK);
    if (pthread_attr_setstack(&attributes, stack, STACK) != 0 ||
        pthread_create(&thread, &attributes, leave, &way) != 0 || pthread_join(thread, NULL) != 0) {
        abort();
    }
    for (size_t i = 0; i + PART <= STACK && !left; i++) {
        for (size_t at = 0; at < KERNEL_SECRET; at += PART) {
            left |= memcmp(stack + i, secret + at, PART) == 0;
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
    for (int way = 0; way < KERNEL_WAYS; way++) {
        puts(is_left(way) ? "left" : "gone");
    }
    return 0;
}

int main(int argc, char **argv)
{
    const char *command = argc > 1 ? argv[1] : "";
    if (strcmp(command, "cases") == 0 && argc == 4) {
        return cases(kernel_random_case, strtoull(argv[2], NULL, 10), strtoull(argv[3], NULL, 10));
    }
    if (strcmp(command, "misuse") == 0 && argc == 2) {
        return differed(kernel_compare_misuse());
    }
    if (strcmp(command, "public-cases") == 0 && argc == 4) {
        return cases(kernel_public_case, strtoull(argv[2], NULL, 10), strtoull(argv[3], NULL, 10));
    }
    if (strcmp(command, "run") == 0 && argc == 2) {
        return run_lines(FIELDS, run_fields);
    }
    if (strcmp(command, "public-run") == 0 && argc == 2) {
        return run_lines(PUBLIC_FIELDS, run_public_fields);
    }
    if (strcmp(command, "public-repeat") == 0 && argc == 6) {
        return repeat_public(argv + 2);
    }
    if (strcmp(command, "repeat") == 0 && argc == 7) {
        return repeat(argv + 2);
    }
    if (strcmp(command, "secrets") == 0 && argc == 3) {
        return kernel_secrets(argv[2]);
    }
    if (strcmp(command, "leftovers") == 0 && argc == 2) {
        return leftovers();
    }
    fprintf(stderr, "kernels_test: what is to be done? (test/kernels/native_main.c)\n");
    return 2;
}
