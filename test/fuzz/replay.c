/* Runs a target on files, without libFuzzer: fuzz_replay TARGET FILE... */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"

static const struct {
    const char *name;
    void (*run)(const uint8_t *data, size_t size);
} targets[] = {
    { "fuzz_chain", fuzz_chain },
    { "fuzz_chain_signed", fuzz_chain_signed },
    { "fuzz_crl", fuzz_crl },
    { "fuzz_names", fuzz_names },
    { "fuzz_describe", fuzz_describe },
    { "fuzz_pem", fuzz_pem },
    { "fuzz_identity", fuzz_identity },
    { "fuzz_aead", fuzz_aead },
    { "fuzz_public_key", fuzz_public_key },
    { "fuzz_tls", fuzz_tls },
};

static void replay(const char *file, void (*run)(const uint8_t *data, size_t size))
{
    FILE *in = fopen(file, "rb");
    FUZZ_ASSERT(in != NULL && fseek(in, 0, SEEK_END) == 0);
    size_t size = (size_t) ftell(in);
    uint8_t *data =
        malloc(size > 0 ? size : 1); /* exactly as long as the input, so that ASan detects reads past its end */
    rewind(in);
    FUZZ_ASSERT(data != NULL && fread(data, 1, size, in) == size);
    fclose(in);
    printf("%s\n", file);
    fflush(stdout); /* in case the run aborts */
    run(data, size);
    if (fuzz_outcome[0] != '\0') {
        printf("%s\n", fuzz_outcome);
    }
    free(data);
}

int main(int argc, char **argv)
{
    for (size_t i = 0; argc > 2 && i < sizeof(targets) / sizeof(targets[0]); i++) {
        if (strcmp(targets[i].name, argv[1]) == 0) {
            for (int file = 2; file < argc; file++) {
                replay(argv[file], targets[i].run);
            }
            return 0;
        }
    }
    fprintf(stderr, "usage: fuzz_replay TARGET FILE...\n");
    return 2;
}
