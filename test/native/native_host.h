/**
 * \file native_host.h
 * \brief The host of the native tests: what the wasm module imports, made to order.
 */
#ifndef PAGETLS_TEST_NATIVE_HOST_H
#define PAGETLS_TEST_NATIVE_HOST_H

#include <stdint.h>

/** From now on the same bytes after the same seed; 0 for the system's generator. */
void native_host_seed(uint64_t seed);
/** The \p calls-th call for randomness from now on fails, and all after it; 0: the next; negative: none. */
void native_host_fail_random(long calls);
/** The time that pagetls_host_now() tells, in milliseconds; NaN for the system's. */
void native_host_set_now(double milliseconds);
/** The \p calls-th allocation of the core from now on fails, that one only; negative: none. */
void native_host_fail_allocation(long calls);
/** 1 when the allocation that was to fail has failed. */
int native_host_allocation_failed(void);

#endif
