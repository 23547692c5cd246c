// SPDX-License-Identifier: GPL-2.0
/*
 * nacc run --seal-text: has a program been relocated?
 */
#include <elf.h>
#include <stdlib.h>
#include <sys/uio.h>
#include <unistd.h>

#include "maps.h"
#include "seal.h"

static bool read_header(const struct seal_trace *t, uint64_t nr, Elf64_Phdr *header)
{
	const struct iovec own = { header, sizeof(*header) };
	const struct iovec its = { (void *)(t->headers + nr * sizeof(*header)), sizeof(*header) };

	return process_vm_readv(t->pid, &own, 1, &its, 1, 0) == sizeof(*header);
}

/* As the linker has it: whole pages, the last one only if all of it is RELRO. */
static void find_relro(const struct seal_trace *t, uint64_t *start, uint64_t *end)
{
	const uint64_t page = (uint64_t)sysconf(_SC_PAGESIZE);
	uint64_t nr, shift = 0;
	Elf64_Phdr header;

	*start = 0;
	*end = 0;
	for (nr = 0; nr < t->nr_headers && read_header(t, nr, &header); nr++) {
		/* The first, if it is there, as others are where this one is */
		if (header.p_type == PT_PHDR)
			shift = t->headers - header.p_vaddr;
		if (header.p_type == PT_GNU_RELRO) {
			*start = (header.p_vaddr + shift) & -page;
			*end = (header.p_vaddr + header.p_memsz + shift) & -page;
		}
	}
}

/**
 * seal_relro_done - is the program's RELRO read-only?
 * @t: its trace; its linker is glibc's
 *
 * That relocates the program behind all of its libraries, and makes it read-only at once. What
 * runs before is no code of theirs, but of a library that watches the linker (LD_AUDIT).
 *
 * Return: whether it is, or there is none.
 */
bool seal_relro_done(const struct seal_trace *t)
{
	uint64_t start, end;
	struct maps maps;
	bool done = true;
	size_t i;

	find_relro(t, &start, &end);
	maps_read(t->pid, &maps);
	for (i = 0; i < maps.nr; i++)
		if (maps.all[i].start < end && maps.all[i].end > start &&
		    maps.all[i].perms[1] == 'w')
			done = false;
	free(maps.all);
	return done;
}
