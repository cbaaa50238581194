/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Shows the progress of a long task on standard error, if that is a terminal.
 */
#ifndef NAT64_PROGRESS_H
#define NAT64_PROGRESS_H

void progress_step(const char *what, unsigned long done);
void progress_end(void);

#endif /* NAT64_PROGRESS_H */
