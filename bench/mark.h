/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What tells instructions.c that packets begin, or end: nopl 0x64642006(%rax), which does nothing,
 * and which no compiler makes.
 */
#ifndef _MARK_H
#define _MARK_H

#define MARK 0x0f, 0x1f, 0x80, 0x06, 0x20, 0x64, 0x64

#endif
