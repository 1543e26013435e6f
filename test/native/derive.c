#include "derive.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "crypto/cbc.h"
#include "crypto/kdf.h"
#include "crypto/md5.h"
#include "identity/identity_file.h"
#include "pagetls.h"

enum { LINE_MAX_BYTES = 1 << 21, OUT_MAX = 1 << 16, MD5_PADDING = 72 };

typedef struct {
    uint8_t *p; /* a block of exactly this length, so that ASan sees every access beyond it */
    size_t len;
} octets;

/* The next word: hexadecimal, or "-" for nothing. */
static octets next_octets(void)
{
    const char *word = strtok(NULL, " \n");
    const size_t len = word == NULL || word[0] == '-' ? 0 : strlen(word) / 2;
    uint8_t *p = malloc(len + (len == 0));
    for (size_t i = 0; i < len; i++) {
        unsigned octet = 0;
        (void) sscanf(word + 2 * i, "%2x", &octet);
        p[i] = (uint8_t) octet;
    }
    return (octets) { p, len };
}

static unsigned next_number(void)
{
    const char *word = strtok(NULL, " \n");
    return word == NULL ? 0 : (unsigned) strtoul(word, NULL, 10);
}

static void print_octets(const uint8_t *p, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        printf("%02x", p[i]);
    }
    printf("%s", len == 0 ? "-" : "");
}

static int print_part(void *context, pagetls_identity_part part, pagetls_slice der)
{
    (void) context;
    printf(" %s:", part == PAGETLS_IDENTITY_KEY ? "key" : "certificate");
    print_octets(der.p, der.len);
    return 0;
}

/* Prints the code, and each part. */
static void walk(octets input, octets text, int has_passphrase)
{
    pagetls_passphrase passphrase = { .text = { has_passphrase ? text.p : NULL, text.len } };
    int is_pkcs12;
    const int ret = pagetls_identity_file_walk(input.p, input.len, &passphrase, print_part, NULL, &is_pkcs12);
    printf(" %d", ret);
    pagetls_passphrase_free(&passphrase);
}

/* The operations with a key or passphrase, and a salt, IV or message. */
static int run(const char *name, uint8_t *out, size_t *len)
{
    unsigned n[4] = { 0 };
    const size_t numbers = strcmp(name, "scrypt") == 0 || strcmp(name, "pkcs12") == 0 ? 4
        : strcmp(name, "pbkdf2") == 0                                                 ? 3
        : strcmp(name, "hmac") == 0 || strcmp(name, "md5-kdf") == 0                   ? 1
                                                                                      : 0;
    for (size_t i = 0; i < numbers; i++) {
        n[i] = next_number();
    }
    const octets a = next_octets();
    const octets b = next_octets();
    octets c = next_octets();
    int ret = -1;
    *len = numbers > 0 ? n[numbers - 1] : 0;
    if (strcmp(name, "pbkdf2") == 0) {
        ret = pagetls_pbkdf2((pagetls_digest) n[0], a.p, a.len, b.p, b.len, n[1], out, *len);
    } else if (strcmp(name, "pkcs12") == 0) {
        ret = pagetls_pkcs12_kdf((pagetls_digest) n[0], (int) n[1], a.p, a.len, b.p, b.len, n[2], out, *len);
    } else if (strcmp(name, "scrypt") == 0) {
        *len = 64;
        ret = pagetls_scrypt(a.p, a.len, b.p, b.len, n[0], n[1], n[2], out, *len);
    } else if (strcmp(name, "md5-kdf") == 0) {
        ret = pagetls_md5_kdf(a.p, a.len, b.p, out, *len);
    } else if (strcmp(name, "md5") == 0) {
        uint8_t *copy = malloc(a.len + MD5_PADDING);
        memcpy(copy, a.p, a.len);
        pagetls_md5(copy, a.len, out);
        free(copy);
        *len = 16;
        ret = 0;
    } else if (strcmp(name, "hmac") == 0) {
        pagetls_hmac hmac;
        ret = pagetls_hmac_init(&hmac, (pagetls_digest) n[0], a.p, a.len);
        pagetls_hmac_compute(&hmac, b.p, b.len, out);
        *len = hmac.size;
        pagetls_hmac_free(&hmac);
    } else if (strcmp(name, "aes") == 0 || strcmp(name, "des") == 0 || strcmp(name, "rc2") == 0) {
        const pagetls_cbc_cipher cipher = name[0] == 'a' ? PAGETLS_CBC_AES
            : name[0] == 'd'                             ? PAGETLS_CBC_DES_EDE
                                                         : PAGETLS_CBC_RC2;
        ret = pagetls_cbc_decrypt(cipher, a.p, a.len, b.p, c.p, &c.len);
        *len = ret == 0 ? c.len : 0;
        memcpy(out, c.p, *len);
    } else if (strcmp(name, "walk") == 0 || strcmp(name, "walk-without") == 0) {
        walk(a, b, strcmp(name, "walk") == 0);
        *len = 0;
        ret = 0;
    }
    free(a.p);
    free(b.p);
    free(c.p);
    return ret;
}

int derive_all(void)
{
    char *line = malloc(LINE_MAX_BYTES);
    uint8_t *out = malloc(OUT_MAX);
    while (fgets(line, LINE_MAX_BYTES, stdin) != NULL) {
        const char *name = strtok(line, " \n");
        size_t len;
        if (name == NULL || run(name, out, &len) != 0) {
            printf("!");
        } else if (len > 0 || strncmp(name, "walk", 4) != 0) {
            print_octets(out, len);
        }
        printf("\n");
    }
    free(line);
    free(out);
    return 0;
}
