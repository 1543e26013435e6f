/* memcpy, memmove and memset for WebAssembly. They replace Emscripten's, which loop over single bytes if the ends are
 * not aligned: those took a fifth of the time of a download. Long blocks use memory.copy and memory.fill, which run at
 * the machine's speed (every browser with SIMD has them). V8 compiles these to calls, so short blocks are copied as two
 * words, the first and the last, which may overlap. Both are loaded before either is stored.
 *
 * Compiled with -fno-builtin, so that no function here becomes a call to itself, and with -mbulk-memory. */
#include <stddef.h>
#include <stdint.h>

void *memcpy(void *restrict to, const void *restrict from, size_t len);
void *memmove(void *to, const void *from, size_t len);
void *memset(void *to, int value, size_t len);

/* Words at any alignment, over data of any type. */
typedef uint16_t word2 __attribute__((aligned(1), may_alias));
typedef uint32_t word4 __attribute__((aligned(1), may_alias));
typedef uint64_t word8 __attribute__((aligned(1), may_alias));
typedef uint8_t word16 __attribute__((vector_size(16), aligned(1), may_alias));

#define COPY(word)                                                                                                     \
    do {                                                                                                               \
        word first = *(const word *) from, last = *(const word *) ((const char *) from + len - sizeof(word));          \
        *(word *) to = first;                                                                                          \
        *(word *) ((char *) to + len - sizeof(word)) = last;                                                           \
    } while (0)

void *memmove(void *to, const void *from, size_t len)
{
    if (len > 2 * sizeof(word16)) {
        __builtin_memmove(to, from, len);
    } else if (len >= sizeof(word16)) {
        COPY(word16);
    } else if (len >= sizeof(word8)) {
        COPY(word8);
    } else if (len >= sizeof(word4)) {
        COPY(word4);
    } else if (len >= sizeof(word2)) {
        COPY(word2);
    } else if (len == 1) {
        *(char *) to = *(const char *) from;
    }
    return to;
}

void *memcpy(void *restrict to, const void *restrict from, size_t len)
{
    return memmove(to, from, len);
}

void *memset(void *to, int value, size_t len)
{
    if (len > sizeof(word16)) {
        __builtin_memset(to, value, len);
        return to;
    }
    for (size_t i = 0; i < len; i++) {
        ((char *) to)[i] = (char) value;
    }
    return to;
}
