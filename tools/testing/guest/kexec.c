// SPDX-License-Identifier: GPL-2.0
/*
 * kexec IMAGE OLD NEW: into the same kernel once more, with OLD replaced by NEW in its
 * arguments, which is as long.
 * kexec --crash IMAGE OLD NEW: it is loaded for a crash of this one.
 *
 * The machine's tree is the one that this kernel was given, so the next one finds its
 * initial RAM disk where this one found it: it must have been kept (retain_initrd). A crash
 * kernel has a copy of that, and knows no memory but its own; for /proc/vmcore it is told
 * where this one's is. Behind UEFI the tree is that of its stub in the kernel, and says where
 * UEFI's tables are.
 */
#define _GNU_SOURCE
#include <elf.h>
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
#define INITRD_MAX	(512 * MEGA)
/* crashkernel= */
#define CRASH_SIZE	(640 * MEGA)
/* Pieces of RAM, and a note, at most */
#define DUMP_PARTS	32

/* Of a flattened tree (Devicetree Specification 0.4, section 5): words of its header */
#define FDT_SIZE	1
#define FDT_STRUCT	2
#define FDT_STRINGS	3
#define FDT_STRINGS_SIZE 8
#define FDT_STRUCT_SIZE	9
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

/* The first SIZE bytes of RAM that this kernel does not say to be anything in particular */
static const char *free_ram(size_t size)
{
	unsigned long start, end, at = 0, ram_end = 0;
	FILE *f = fopen("/proc/iomem", "r");
	char line[128];

	check(f);
	while (fgets(line, sizeof(line), f) && sscanf(line, "%lx-%lx", &start, &end) == 2) {
		if (line[0] != ' ' && ram_end && at + size <= ram_end)
			break;
		if (line[0] != ' ') {
			at = (start + ALIGNMENT - 1) & ~(ALIGNMENT - 1);
			ram_end = strstr(line, ": System RAM") ? end + 1 : 0;
			continue;
		}
		/* What is in it, and in that */
		if (ram_end && at + size <= start)
			break;
		if (end >= at)
			at = (end + ALIGNMENT) & ~(ALIGNMENT - 1);
	}
	fclose(f);
	check(ram_end && at + size <= ram_end);
	return (const char *)at;
}

/*
 * The first property of /chosen that is called so, from its token on; NULL if there is none,
 * and what is behind the node's name if it is called "".
 */
static uint32_t *chosen(char *fdt, const char *name)
{
	const uint32_t *header = (const uint32_t *)fdt;
	const char *strings = fdt + be32toh(header[FDT_STRINGS]);
	uint32_t *at = (uint32_t *)(fdt + be32toh(header[FDT_STRUCT]));
	int inside = 0;

	for (; be32toh(*at) != TOKEN_END; at++) {
		const char *text = (const char *)(at + 1);

		if (be32toh(*at) == TOKEN_NODE) {
			inside = !strcmp(text, "chosen");
			at += strlen(text) / 4 + 1;
			if (inside && !*name)
				return at + 1;
		} else if (be32toh(*at) == TOKEN_PROP) {
			if (inside && !strcmp(strings + be32toh(at[2]), name))
				return at;
			at += 2 + (be32toh(at[1]) + 3) / 4;
		}
	}
	return NULL;
}

static void grow(uint32_t *word, size_t by)
{
	*word = htobe32(be32toh(*word) + (uint32_t)by);
}

/* Room for a property of /chosen that is not there; there is as much behind the tree */
static uint32_t *new_property(char *fdt, const char *name, uint32_t len)
{
	uint32_t *header = (uint32_t *)fdt, *at = chosen(fdt, "");
	const size_t room = 3 * sizeof(*at) + len;
	const uint32_t names = be32toh(header[FDT_STRINGS_SIZE]);
	char *end;

	check(at && !(len % sizeof(*at)));
	check(be32toh(header[FDT_STRINGS]) > be32toh(header[FDT_STRUCT]));
	end = fdt + be32toh(header[FDT_STRINGS]) + names;
	check(end - fdt <= (long)be32toh(header[FDT_SIZE]));
	memmove((char *)at + room, at, (size_t)(end - (char *)at));
	memcpy(end + room, name, strlen(name) + 1);
	grow(&header[FDT_STRINGS], room);
	grow(&header[FDT_STRUCT_SIZE], room);
	grow(&header[FDT_STRINGS_SIZE], strlen(name) + 1);
	grow(&header[FDT_SIZE], room + strlen(name) + 1);
	at[0] = htobe32(TOKEN_PROP);
	at[1] = htobe32(len);
	at[2] = htobe32(names);
	return at;
}

/* NR numbers in /chosen */
static void choose(char *fdt, const char *name, const unsigned long *value, uint32_t nr)
{
	uint32_t *at = chosen(fdt, name);
	uint32_t words;

	if (!at)
		at = new_property(fdt, name, nr * (uint32_t)sizeof(uint64_t));
	words = be32toh(at[1]) / 4 / nr;
	for (at += 3; nr; nr--, value++, at += words) {
		check(words == 2 || (words == 1 && !(*value >> 32)));
		if (words == 2)
			at[0] = htobe32((uint32_t)(*value >> 32));
		at[words - 1] = htobe32((uint32_t)*value);
	}
}

static struct kexec_segment segment_at(const void *mem, const char *buf, size_t size, size_t room)
{
	return (struct kexec_segment){
		.buf = buf, .bufsz = size, .mem = mem,
		.memsz = (room + ALIGNMENT - 1) & ~(ALIGNMENT - 1),
	};
}

static const char *behind(const struct kexec_segment *before)
{
	return (const char *)before->mem + before->memsz;
}

/*
 * A copy of the initial RAM disk, for a kernel that would not find it: that of a crash, and
 * one behind UEFI, whose table that names it is in memory that this kernel has used since.
 */
static struct kexec_segment copy_of_initrd(char *fdt, const struct kexec_segment *before)
{
	size_t size;
	const char *initrd = read_file("/sys/firmware/initrd", INITRD_MAX, &size);
	const unsigned long start = (unsigned long)behind(before), end = start + size;

	choose(fdt, "linux,initrd-start", &start, 1);
	choose(fdt, "linux,initrd-end", &end, 1);
	return segment_at(behind(before), initrd, size, size);
}

/* A header of what a dump is made of: where it is, in memory as in the dump */
static Elf64_Phdr part_of_dump(uint32_t type, unsigned long start, unsigned long size)
{
	return (Elf64_Phdr){
		.p_type = type, .p_flags = PF_R | PF_W | PF_X, .p_offset = start, .p_paddr = start,
		.p_filesz = size, .p_memsz = size,
	};
}

/* Without what is left for the crash kernel, from @own on */
static void add_ram(Elf64_Ehdr *dump, unsigned long own, unsigned long start, unsigned long end)
{
	Elf64_Phdr *parts = (Elf64_Phdr *)(dump + 1);
	const unsigned long behind = own + CRASH_SIZE;

	check(dump->e_phnum + 2 <= DUMP_PARTS);
	if (start < own && behind < end)
		parts[dump->e_phnum++] = part_of_dump(PT_LOAD, behind, end - behind);
	if (start < own && own < end)
		end = own;
	if (start < own || start >= behind)
		parts[dump->e_phnum++] = part_of_dump(PT_LOAD, start, end - start);
}

/* What a crash kernel finds the memory of this one by (Documentation/admin-guide/kdump) */
static struct kexec_segment headers_of_dump(char *fdt, const struct kexec_segment *kernel,
					    const struct kexec_segment *before)
{
	static union {
		Elf64_Ehdr header;
		char all[sizeof(Elf64_Ehdr) + DUMP_PARTS * sizeof(Elf64_Phdr)];
	} dump = { .header = {
		.e_ident = {
			ELFMAG0, ELFMAG1, ELFMAG2, ELFMAG3, ELFCLASS64, ELFDATA2LSB, EV_CURRENT
		},
		.e_type = ET_CORE, .e_machine = EM_RISCV, .e_version = EV_CURRENT,
		.e_phoff = sizeof(Elf64_Ehdr), .e_ehsize = sizeof(Elf64_Ehdr),
		.e_phentsize = sizeof(Elf64_Phdr), .e_phnum = 1,
	} };
	const unsigned long there[2] = { (unsigned long)behind(before), sizeof(dump) };
	unsigned long start, end;
	FILE *f = fopen("/sys/kernel/vmcoreinfo", "r");
	char line[128];

	check(f && fscanf(f, "%lx %lx", &start, &end) == 2);
	fclose(f);
	*(Elf64_Phdr *)(&dump.header + 1) = part_of_dump(PT_NOTE, start, end);
	f = fopen("/proc/iomem", "r");
	check(f);
	while (fgets(line, sizeof(line), f))
		if (line[0] != ' ' && strstr(line, ": System RAM") &&
		    sscanf(line, "%lx-%lx", &start, &end) == 2)
			add_ram(&dump.header, (unsigned long)kernel->mem, start, end + 1);
	fclose(f);
	choose(fdt, "linux,elfcorehdr", there, 2);
	return segment_at(behind(before), dump.all, sizeof(dump), sizeof(dump));
}

static size_t initrd_size(void)
{
	struct stat st;

	return stat("/sys/firmware/initrd", &st) ? 0 : (size_t)st.st_size;
}

int main(int argc, char **argv)
{
	const int crash = argc > 1 && !strcmp(argv[1], "--crash");
	struct kexec_segment segment[4] = {};
	size_t image_size, fdt_size, in_memory;
	unsigned long nr = 2;
	char *image, *fdt, *at;

	argv += crash;
	check(argc == 4 + crash && strlen(argv[2]) == strlen(argv[3]));
	image = read_file(argv[1], 64 * MEGA, &image_size);
	fdt = read_file("/sys/firmware/fdt", FDT_MAX, &fdt_size);
	at = memmem(fdt, fdt_size, argv[2], strlen(argv[2]));
	check(at);
	memcpy(at, argv[3], strlen(argv[3]));
	memcpy(&in_memory, image + IMAGE_SIZE_AT, sizeof(in_memory));
	/*
	 * Where this kernel lies, the next one goes, and beside what somebody has need of; that
	 * of a crash, with all it needs, where this one has left room.
	 */
	at = (char *)memory_of(crash ? ": Crash kernel" : ": Kernel code");
	segment[0] = segment_at(at, image, image_size, in_memory);
	segment[1] = segment_at(crash ? behind(&segment[0]) : free_ram(ALIGNMENT + initrd_size()),
				fdt, FDT_MAX, FDT_MAX);
	if (crash || !chosen(fdt, "linux,initrd-start"))
		segment[nr++] = copy_of_initrd(fdt, &segment[1]);
	if (crash) {
		const unsigned long there[2] = { (unsigned long)segment[0].mem, CRASH_SIZE };

		choose(fdt, "linux,usable-memory-range", there, 2);
		segment[nr] = headers_of_dump(fdt, &segment[0], &segment[nr - 1]);
		nr++;
		/*
		 * It shall leave no room itself; Linux (7.2) searches for ever for what does
		 * not fit, if no RAM is above 4 GiB.
		 */
		at = memmem(fdt, FDT_MAX, "crashkernel=", strlen("crashkernel="));
		check(at);
		memset(at, ' ', strcspn(at, " "));
	}
	if (syscall(SYS_kexec_load, segment[0].mem, nr, segment,
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
