// SPDX-License-Identifier: GPL-2.0
/*
 * kexec IMAGE OLD NEW: into the same kernel once more, with OLD replaced by NEW in its
 * arguments, which is as long.
 *
 * The machine's tree is the one that this kernel was given, so the next one finds its
 * initial RAM disk where this one found it: it must have been kept (retain_initrd).
 */
#define _GNU_SOURCE
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

/* Where this kernel lies, the next one goes. */
static unsigned long kernel_start(void)
{
	FILE *f = fopen("/proc/iomem", "r");
	unsigned long start = 0;
	char line[128];

	check(f);
	while (!start && fgets(line, sizeof(line), f))
		if (strstr(line, ": Kernel code"))
			start = strtoul(line, NULL, 16);
	fclose(f);
	check(start);
	return start & ~(ALIGNMENT - 1);
}

int main(int argc, char **argv)
{
	struct kexec_segment segment[2];
	size_t image_size, fdt_size, in_memory;
	char *image, *fdt, *at;

	check(argc == 4 && strlen(argv[2]) == strlen(argv[3]));
	image = read_file(argv[1], 64 * MEGA, &image_size);
	fdt = read_file("/sys/firmware/fdt", FDT_MAX, &fdt_size);
	at = memmem(fdt, fdt_size, argv[2], strlen(argv[2]));
	check(at);
	memcpy(at, argv[3], strlen(argv[3]));
	memcpy(&in_memory, image + IMAGE_SIZE_AT, sizeof(in_memory));
	segment[0] = (struct kexec_segment){
		.buf = image, .bufsz = image_size,
		.mem = (void *)kernel_start(),
		.memsz = (in_memory + ALIGNMENT - 1) & ~(ALIGNMENT - 1),
	};
	segment[1] = (struct kexec_segment){
		.buf = fdt, .bufsz = fdt_size,
		.mem = (char *)segment[0].mem + segment[0].memsz,
		.memsz = FDT_MAX,
	};
	if (syscall(SYS_kexec_load, segment[0].mem, 2UL, segment, KEXEC_ARCH_RISCV)) {
		perror("kexec_load");
		return 1;
	}
	syscall(SYS_reboot, LINUX_REBOOT_MAGIC1, LINUX_REBOOT_MAGIC2, LINUX_REBOOT_CMD_KEXEC, NULL);
	perror("reboot");
	return 1;
}
