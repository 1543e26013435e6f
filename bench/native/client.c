/* A client for bench/lib/remote.js. Executes commands from standard input:
 *
 *   trust PEM                    sets the trust anchors; | stands for line breaks
 *   open PORT VERSION CIPHER     connects to a server of server-process.js; TLSv1.2, TLSv1.3 or "-" for either version,
 *                                and the IANA name of a cipher suite or "-" for any
 *   download LEN, upload LEN, close
 *
 * Answers each with "ok CPU MS", the CPU time and elapsed time in milliseconds, or with "error TEXT".
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>

#include "host/host.h"
#include "session.h"

int pagetls_host_random(uint8_t *out, size_t len)
{
    return getrandom(out, len, 0) == (ssize_t) len ? 0 : -1;
}

static double milliseconds(clockid_t clock)
{
    struct timespec now;
    clock_gettime(clock, &now);
    return (double) now.tv_sec * 1000.0 + (double) now.tv_nsec / 1e6;
}

double pagetls_host_now(void)
{
    return milliseconds(CLOCK_REALTIME);
}

int pagetls_host_aead(int cipher, int decrypt, const uint8_t *key, const uint8_t nonce[12], const uint8_t *ad,
                      size_t ad_len, const uint8_t *in, size_t len, uint8_t *out, uint8_t *tag)
{
    (void) cipher, (void) decrypt, (void) key, (void) nonce, (void) ad, (void) ad_len;
    (void) in, (void) len, (void) out, (void) tag;
    return 1; /* not supported */
}

#define HOST "www.example.com" /* as in bench/lib/chain.js */

static session current = { .socket = -1 };
static pagetls_trust_store *trust;

static const char *read_trust(char *pem)
{
    const size_t len = strlen(pem);
    for (char *at = pem; (at = strchr(at, '|')) != NULL;) {
        *at = '\n';
    }
    pagetls_trust_store_free(trust);
    trust = pagetls_trust_store_new();
    const int added = trust == NULL ? -1 : pagetls_trust_store_add(trust, (const uint8_t *) pem, len);
    return added > 0 ? NULL : "cannot read the trust anchors";
}

static const char *open_session(char *words)
{
    char *rest = words;
    const char *port = strtok_r(words, " ", &rest);
    const char *version = strtok_r(NULL, " ", &rest);
    const char *cipher = strtok_r(NULL, " ", &rest);
    if (cipher == NULL || trust == NULL) {
        return "open needs three arguments, and trust anchors set before";
    }
    const session_options options = { .port = (uint16_t) strtoul(port, NULL, 10),
                                      .trust = trust,
                                      .host = HOST,
                                      .version = strcmp(version, "TLSv1.2") == 0 ? 0x0303
                                          : strcmp(version, "TLSv1.3") == 0      ? 0x0304
                                                                                 : 0,
                                      .cipher = strcmp(cipher, "-") == 0 ? NULL : cipher };
    session_close(&current);
    return session_open(&current, &options);
}

static const char *execute(char *line)
{
    char *rest = line;
    const char *command = strtok_r(line, " ", &rest);
    if (command == NULL) {
        return "an empty line";
    }
    if (strcmp(command, "open") == 0) {
        return open_session(rest);
    }
    if (strcmp(command, "trust") == 0) {
        return read_trust(rest);
    }
    if (strcmp(command, "close") == 0) {
        session_close(&current);
        return NULL;
    }
    const size_t len = strtoul(rest, NULL, 10);
    return strcmp(command, "download") == 0 ? session_download(&current, len)
        : strcmp(command, "upload") == 0    ? session_upload(&current, len)
                                            : "unknown command";
}

int main(void)
{
    static char line[1 << 16];
    if (pagetls_start() != 0) {
        fprintf(stderr, "bench_client: no randomness\n");
        return 1;
    }
    while (fgets(line, sizeof(line), stdin) != NULL) {
        line[strcspn(line, "\n")] = '\0';
        const double cpu = milliseconds(CLOCK_PROCESS_CPUTIME_ID);
        const double start = milliseconds(CLOCK_MONOTONIC);
        const char *error = execute(line);
        if (error != NULL) {
            printf("error %s\n", error);
        } else {
            printf("ok %.6f %.6f\n", milliseconds(CLOCK_PROCESS_CPUTIME_ID) - cpu,
                   milliseconds(CLOCK_MONOTONIC) - start);
        }
        fflush(stdout);
    }
    session_close(&current);
    pagetls_trust_store_free(trust);
    return 0;
}
