/**
 * \file native_host.h
 * \brief The host of the native tests: defines host/host.h, with randomness, time and failures that a test can set.
 */
#ifndef PAGETLS_TEST_NATIVE_HOST_H
#define PAGETLS_TEST_NATIVE_HOST_H

#include <stdint.h>

/** Makes randomness reproducible from \p seed; 0 selects the system's generator. */
void native_host_seed(uint64_t seed);
/** Makes requests for randomness fail after \p calls more of them; negative: never. */
void native_host_fail_random(long calls);
/** Sets the result of pagetls_host_now() in milliseconds; NaN for the system's clock. */
void native_host_set_now(double milliseconds);
/** Makes one allocation of the core fail, after \p calls successful ones; negative: none. */
void native_host_fail_allocation(long calls);
/** 1 if that allocation has failed. */
int native_host_allocation_failed(void);

#endif
