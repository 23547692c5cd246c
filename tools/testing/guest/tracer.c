// SPDX-License-Identifier: GPL-2.0
/*
 * tracer fentry|fexit FUNCTION...: what a tracing tool does for "fexit:exit_mmap", with
 * nothing but the kernel. A BPF program that does nothing is attached to the beginning
 * or the end of each function; says "FUNCTION: attached" or why not, then "ready". It
 * is detached when standard input ends.
 */
#include <fcntl.h>
#include <linux/bpf.h>
#include <linux/btf.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "common.h"

static char *btf;

static void read_btf(void)
{
	int fd = open("/sys/kernel/btf/vmlinux", O_RDONLY);
	struct stat st;
	off_t got = 0;

	check(fd >= 0 && !fstat(fd, &st));
	btf = malloc(st.st_size);
	check(btf);
	while (got < st.st_size) {
		ssize_t n = read(fd, btf + got, st.st_size - got);

		check(n > 0);
		got += n;
	}
	close(fd);
}

/* What follows a type's own record. */
static size_t tail_of(const struct btf_type *type)
{
	size_t n = BTF_INFO_VLEN(type->info);

	switch (BTF_INFO_KIND(type->info)) {
	case BTF_KIND_INT:
	case BTF_KIND_VAR:
	case BTF_KIND_DECL_TAG:
		return 4;
	case BTF_KIND_ARRAY:
		return sizeof(struct btf_array);
	case BTF_KIND_STRUCT:
	case BTF_KIND_UNION:
		return n * sizeof(struct btf_member);
	case BTF_KIND_ENUM:
		return n * sizeof(struct btf_enum);
	case BTF_KIND_FUNC_PROTO:
		return n * sizeof(struct btf_param);
	case BTF_KIND_DATASEC:
		return n * sizeof(struct btf_var_secinfo);
	case BTF_KIND_ENUM64:
		return n * sizeof(struct btf_enum64);
	default:
		return 0;
	}
}

/* The number of a function's type, or 0. */
static unsigned int find_function(const char *name)
{
	const struct btf_header *header = (void *)btf;
	const char *at = btf + header->hdr_len + header->type_off;
	const char *end = at + header->type_len;
	const char *names = btf + header->hdr_len + header->str_off;

	for (unsigned int id = 1; at < end; id++) {
		const struct btf_type *type = (void *)at;

		if (BTF_INFO_KIND(type->info) == BTF_KIND_FUNC &&
		    !strcmp(names + type->name_off, name))
			return id;
		at += sizeof(*type) + tail_of(type);
	}
	return 0;
}

static long bpf(int call, union bpf_attr *attr)
{
	return syscall(SYS_bpf, call, attr, sizeof(*attr));
}

/* A file descriptor that keeps it attached, or -1. */
static int attach(const char *function, enum bpf_attach_type where)
{
	static const struct bpf_insn program[] = {
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0 },
		{ .code = BPF_JMP | BPF_EXIT },
	};
	union bpf_attr load = {
		.prog_type = BPF_PROG_TYPE_TRACING,
		.insns = (uintptr_t)program,
		.insn_cnt = ARRAY_SIZE(program),
		.license = (uintptr_t)"GPL",
		.expected_attach_type = where,
		.attach_btf_id = find_function(function),
	};
	union bpf_attr link = { .raw_tracepoint.prog_fd = bpf(BPF_PROG_LOAD, &load) };

	if ((int)link.raw_tracepoint.prog_fd < 0)
		return -1;
	return bpf(BPF_RAW_TRACEPOINT_OPEN, &link);
}

int main(int argc, char **argv)
{
	char rest[64];

	check(argc > 2);
	read_btf();
	for (int i = 2; i < argc; i++) {
		if (attach(argv[i], strcmp(argv[1], "fexit") ? BPF_TRACE_FENTRY :
							      BPF_TRACE_FEXIT) < 0)
			printf("%s: error %d\n", argv[i], errno);
		else
			printf("%s: attached\n", argv[i]);
	}
	printf("ready\n");
	fflush(stdout);
	while (read(STDIN_FILENO, rest, sizeof(rest)) > 0)
		;
	return 0;
}
