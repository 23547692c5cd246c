// SPDX-License-Identifier: GPL-2.0
/*
 * kexec IMAGE OLD NEW: into the same kernel once more, with OLD replaced by NEW in its
 * arguments, which is as long.
 * kexec --crash IMAGE OLD NEW: it is loaded for a crash of this one.
 *
 * The machine's tree is the one that this kernel was given, so the next one finds its
 * initial RAM disk where this one found it: it must have been kept (retain_initrd). A crash
 * kernel has a copy of that, and knows no memory but its own.
 */
#define _GNU_SOURCE
#include <endian.h>
#include <fcntl.h>
#include <linux/kexec.h>
#include <linux/reboot.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "common.h"

/* Of the header of an Image (Documentation/arch/riscv/boot-image-header.rst) */
#define IMAGE_SIZE_AT	16
#define ALIGNMENT	(2UL * MEGA)
#define FDT_MAX		(1UL << 20)
/* crashkernel= */
#define CRASH_SIZE	(640 * MEGA)

/* Of a flattened tree (Devicetree Specification 0.4, section 5): words of its header */
#define FDT_STRUCT	2
#define FDT_STRINGS	3
#define TOKEN_NODE	1
#define TOKEN_PROP	3
#define TOKEN_END	9

static char *read_file(const char *path, size_t max, size_t *size)
{
	char *to = mmap(NULL, max, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	int fd = open(path, O_RDONLY);
	ssize_t n;

	check(to != MAP_FAILED && fd >= 0);
	*size = 0;
	while ((n = read(fd, to + *size, max - *size)) > 0)
		*size += (size_t)n;
	check(!n && *size && *size < max);
	close(fd);
	return to;
}

/* Address of the first byte of what /proc/iomem calls so */
static unsigned long memory_of(const char *name)
{
	FILE *f = fopen("/proc/iomem", "r");
	unsigned long start = 0;
	char line[128];

	check(f);
	while (!start && fgets(line, sizeof(line), f))
		if (strstr(line, name))
			start = strtoul(line, NULL, 16);
	fclose(f);
	check(start);
	return start & ~(ALIGNMENT - 1);
}

/* Words of the first property that is called so of the first node that is */
static uint32_t *property(char *fdt, const char *node, const char *name, uint32_t *nr)
{
	const uint32_t *header = (const uint32_t *)fdt;
	const char *strings = fdt + be32toh(header[FDT_STRINGS]);
	uint32_t *at = (uint32_t *)(fdt + be32toh(header[FDT_STRUCT]));
	int inside = 0;

	for (; be32toh(*at) != TOKEN_END; at++) {
		const char *text = (const char *)(at + 1);

		if (be32toh(*at) == TOKEN_NODE) {
			inside = !strncmp(text, node, strlen(node));
			at += strlen(text) / 4 + 1;
		} else if (be32toh(*at) == TOKEN_PROP) {
			*nr = be32toh(at[1]) / 4;
			if (inside && !strcmp(strings + be32toh(at[2]), name))
				return at + 3;
			at += 2 + (be32toh(at[1]) + 3) / 4;
		}
	}
	die("no %s in the tree\n", name);
}

static void set_words(uint32_t *word, uint32_t nr, uint64_t value)
{
	check(nr && (nr > 1 || !(value >> 32)));
	for (; nr; value >>= 32)
		word[--nr] = htobe32((uint32_t)value);
}

/* A crash kernel's own memory and RAM disk */
static void only_there(char *fdt, const struct kexec_segment *kernel,
		       const struct kexec_segment *initrd)
{
	const unsigned long base = (unsigned long)kernel->mem;
	const unsigned long start = (unsigned long)initrd->mem;
	uint32_t nr, *reg = property(fdt, "memory@", "reg", &nr);

	check(nr == 4);
	set_words(reg, 2, base);
	set_words(reg + 2, 2, CRASH_SIZE);
	reg = property(fdt, "chosen", "linux,initrd-start", &nr);
	set_words(reg, nr, start);
	reg = property(fdt, "chosen", "linux,initrd-end", &nr);
	set_words(reg, nr, start + initrd->bufsz);
}

static struct kexec_segment behind(const struct kexec_segment *before, const char *buf,
				   size_t size, size_t room)
{
	return (struct kexec_segment){
		.buf = buf, .bufsz = size,
		.mem = (char *)before->mem + before->memsz,
		.memsz = (room + ALIGNMENT - 1) & ~(ALIGNMENT - 1),
	};
}

int main(int argc, char **argv)
{
	const int crash = argc > 1 && !strcmp(argv[1], "--crash");
	struct kexec_segment segment[3] = {};
	size_t image_size, fdt_size, initrd_size, in_memory;
	char *image, *fdt, *at;

	argv += crash;
	check(argc == 4 + crash && strlen(argv[2]) == strlen(argv[3]));
	image = read_file(argv[1], 64 * MEGA, &image_size);
	fdt = read_file("/sys/firmware/fdt", FDT_MAX, &fdt_size);
	at = memmem(fdt, fdt_size, argv[2], strlen(argv[2]));
	check(at);
	memcpy(at, argv[3], strlen(argv[3]));
	memcpy(&in_memory, image + IMAGE_SIZE_AT, sizeof(in_memory));
	/* Where this kernel lies, the next one goes; that of a crash where it has left room. */
	segment[0].mem = (void *)memory_of(crash ? ": Crash kernel" : ": Kernel code");
	segment[0] = behind(&segment[0], image, image_size, in_memory);
	segment[1] = behind(&segment[0], fdt, fdt_size, FDT_MAX);
	if (crash) {
		const char *initrd = read_file("/sys/firmware/initrd", 512 * MEGA, &initrd_size);

		segment[2] = behind(&segment[1], initrd, initrd_size, initrd_size);
		only_there(fdt, &segment[0], &segment[2]);
	}
	if (syscall(SYS_kexec_load, segment[0].mem, 2UL + crash, segment,
		    KEXEC_ARCH_RISCV | (crash ? KEXEC_ON_CRASH : 0))) {
		perror("kexec_load");
		return 1;
	}
	if (crash)
		return 0;
	syscall(SYS_reboot, LINUX_REBOOT_MAGIC1, LINUX_REBOOT_MAGIC2, LINUX_REBOOT_CMD_KEXEC, NULL);
	perror("reboot");
	return 1;
}
