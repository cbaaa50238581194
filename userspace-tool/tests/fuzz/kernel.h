/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A kernel for the fuzzer, in the place of libmnl's sockets. It aborts at a request that does not
 * parse, answers a question with what it was told last, and otherwise says what it is told to say.
 */
#ifndef NAT64_FUZZ_KERNEL_H
#define NAT64_FUZZ_KERNEL_H

#include <stddef.h>
#include <stdint.h>

/*
 * What it says to the requests that follow, one byte each: 0 for yes, else an errno, and in another
 * byte what multiple of four is the offset of the attribute at fault. Yes from then on.
 */
void kernel_says(const uint8_t *verdicts, size_t count);

#endif /* NAT64_FUZZ_KERNEL_H */
