// SPDX-License-Identifier: GPL-2.0
/* A program that ends by a signal, and what its core dump has of its registers. */
#define _GNU_SOURCE
#include <elf.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/procfs.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common.h"
#include "meddled.h"

#define OURS	0x7766554433221100L

/* SIGABRT to itself, with that in s2 to s11 */
static void ends(void)
{
	register long a0 asm("a0") = getpid(), a1 asm("a1") = SIGABRT, a7 asm("a7") = SYS_kill;
	register long s2 asm("s2") = OURS, s11 asm("s11") = ~OURS;
	register double f9 asm("fs1") = -6.75;

	asm volatile("ecall" : "+r"(a0) : "r"(a1), "r"(a7), "r"(s2), "r"(s11), "f"(f9));
}

/* The note of that type, the first there is: of the thread that has ended it */
static const void *find(const char *core, const Elf64_Phdr *notes, unsigned int type)
{
	const char *at = core + notes->p_offset, *end = at + notes->p_filesz;

	while (at < end) {
		const Elf64_Nhdr *note = (const void *)at;
		const char *what = at + sizeof(*note) + (note->n_namesz + 3) / 4 * 4;

		if (note->n_type == type)
			return what;
		at = what + (note->n_descsz + 3) / 4 * 4;
	}
	return NULL;
}

static void look(const char *core)
{
	const Elf64_Ehdr *head = (const void *)core;
	const Elf64_Phdr *seg = (const void *)(core + head->e_phoff);
	const struct elf_prstatus *status;
	const double *floats;

	check(!memcmp(core, ELFMAG, SELFMAG) && head->e_type == ET_CORE && head->e_phnum);
	while (seg->p_type != PT_NOTE)
		seg++;
	status = find(core, seg, NT_PRSTATUS);
	floats = find(core, seg, NT_FPREGSET);
	check(status && status->pr_cursig == SIGABRT);
	check((long)status->pr_reg[18] == OURS && (long)status->pr_reg[27] == ~OURS);
	check(floats && floats[9] == -6.75);
}

void aborts(const char *path)
{
	const struct rlimit all = { RLIM_INFINITY, RLIM_INFINITY };
	struct stat st;
	char *core;
	pid_t pid;
	int fd;

	unlink(path);
	pid = fork();
	check(pid >= 0);
	if (!pid) {
		check(!setrlimit(RLIMIT_CORE, &all));
		ends();
		_exit(0);
	}
	wait_for(pid, SIGABRT | 0x80);
	fd = open(path, O_RDONLY);
	check(fd >= 0 && !fstat(fd, &st));
	core = mmap(NULL, st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	check(core != MAP_FAILED);
	look(core);
	munmap(core, st.st_size);
	close(fd);
}
