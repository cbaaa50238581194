// SPDX-License-Identifier: GPL-2.0
/*
 * A QEMU plugin that counts the instructions which a guest executes between two calls of the function
 * at MARK (interleave.py). It writes a line "ADDRESS BYTES INSTRUCTIONS TIMES" for every block of code:
 * to OUT.0 for the first two calls, to OUT.1 for the next two, and so on.
 *
 *   -plugin instructions.so,out=OUT
 *
 * It supports only guests with one processor.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MARK 0x64640000

/* The part of QEMU's plugin interface used here. Not all of Debian's packages have its header. */
struct qemu_plugin_tb;
struct qemu_plugin_insn;

enum { QEMU_PLUGIN_CB_NO_REGS };

void qemu_plugin_register_vcpu_tb_trans_cb(uint64_t id,
					   void (*cb)(uint64_t id, struct qemu_plugin_tb *tb));
void qemu_plugin_register_vcpu_tb_exec_cb(struct qemu_plugin_tb *tb,
					  void (*cb)(unsigned int vcpu, void *data), int flags,
					  void *data);
size_t qemu_plugin_tb_n_insns(const struct qemu_plugin_tb *tb);
uint64_t qemu_plugin_tb_vaddr(const struct qemu_plugin_tb *tb);
struct qemu_plugin_insn *qemu_plugin_tb_get_insn(const struct qemu_plugin_tb *tb, size_t i);
size_t qemu_plugin_insn_size(const struct qemu_plugin_insn *insn);

__attribute__((visibility("default"))) int qemu_plugin_version = QEMU_PLUGIN_VERSION;

/* A block appears as often as it has been translated; whoever reads the output adds them up. */
struct block {
	struct block *next;
	uint64_t address;
	uint64_t times;
	uint64_t before;
	size_t bytes;
	size_t instructions;
};

static struct block *blocks;
static const char *out;
static unsigned int marks;

static void write_blocks(unsigned int number)
{
	const struct block *block;
	char name[4096];
	FILE *file;

	snprintf(name, sizeof(name), "%s.%u", out, number);
	file = fopen(name, "w");
	if (!file) {
		perror(name);
		exit(1);
	}
	for (block = blocks; block; block = block->next)
		if (block->times != block->before)
			fprintf(file, "%" PRIx64 " %zu %zu %" PRIu64 "\n", block->address, block->bytes,
				block->instructions, block->times - block->before);
	fclose(file);
}

static void marked(unsigned int vcpu, void *data)
{
	struct block *block;

	(void)vcpu;
	(void)data;
	if (marks++ % 2)
		write_blocks(marks / 2 - 1);
	else
		for (block = blocks; block; block = block->next)
			block->before = block->times;
}

static void executed(unsigned int vcpu, void *data)
{
	struct block *block = data;

	(void)vcpu;
	block->times++;
}

static void translated(uint64_t id, struct qemu_plugin_tb *tb)
{
	struct block *block = calloc(1, sizeof(*block));
	size_t i;

	(void)id;
	if (!block)
		abort();
	block->address = qemu_plugin_tb_vaddr(tb);
	block->instructions = qemu_plugin_tb_n_insns(tb);
	for (i = 0; i < block->instructions; i++)
		block->bytes += qemu_plugin_insn_size(qemu_plugin_tb_get_insn(tb, i));
	block->next = blocks;
	blocks = block;
	qemu_plugin_register_vcpu_tb_exec_cb(tb, block->address == MARK ? marked : executed,
					     QEMU_PLUGIN_CB_NO_REGS, block);
}

__attribute__((visibility("default")))
int qemu_plugin_install(uint64_t id, const void *info, int argc, char **argv)
{
	(void)info;
	if (argc != 1 || strncmp(argv[0], "out=", 4)) {
		fprintf(stderr, "instructions: one option, out=FILE\n");
		return -1;
	}
	out = strdup(argv[0] + 4);
	qemu_plugin_register_vcpu_tb_trans_cb(id, translated);
	return 0;
}
