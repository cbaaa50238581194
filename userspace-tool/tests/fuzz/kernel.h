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
 * Sets the verdicts on the next requests, one byte each: 0 for yes, or an errno, and then another
 * byte with the offset of the attribute at fault, divided by four. After the last, it always says
 * yes.
 */
void kernel_says(const uint8_t *verdicts, size_t count);

#endif /* NAT64_FUZZ_KERNEL_H */
