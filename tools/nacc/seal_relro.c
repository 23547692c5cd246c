// SPDX-License-Identifier: GPL-2.0
/*
 * nacc run --seal-text: has a program been relocated?
 */
#include <errno.h>
#include <link.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <unistd.h>

#include "maps.h"
#include "seal.h"

/**
 * struct signs - what of a program tells that it is relocated
 * @start: first address of its RELRO
 * @end: address behind that; @start, or less: there is none
 * @dynamic: where what its linker reads is; 0: nowhere
 */
struct signs {
	uint64_t start;
	uint64_t end;
	uint64_t dynamic;
};

/* Whole words. Who traces it may do that, also where a filter refuses process_vm_readv(2). */
static bool read_words(const struct seal_trace *t, uint64_t at, void *to, size_t bytes)
{
	size_t done;
	long word;

	for (done = 0; done < bytes; done += sizeof(word)) {
		errno = 0;
		word = ptrace(PTRACE_PEEKDATA, t->pid, (void *)(at + done), NULL);
		if (errno)
			return false;
		memcpy((char *)to + done, &word, sizeof(word));
	}
	return true;
}

/* As the linker has it: whole pages, the last one only if all of it is RELRO. */
static bool find_signs(const struct seal_trace *t, struct signs *signs)
{
	const uint64_t page = (uint64_t)sysconf(_SC_PAGESIZE);
	Elf64_Phdr header, relro = { 0 };
	uint64_t nr, shift = 0;

	*signs = (struct signs){ 0 };
	for (nr = 0; nr < t->nr_headers; nr++) {
		if (!read_words(t, t->headers + nr * sizeof(header), &header, sizeof(header)))
			return false;
		/* If it is there others are where this one is. */
		if (header.p_type == PT_PHDR)
			shift = t->headers - header.p_vaddr;
		if (header.p_type == PT_GNU_RELRO)
			relro = header;
		if (header.p_type == PT_DYNAMIC)
			signs->dynamic = header.p_vaddr;
	}
	signs->start = (relro.p_vaddr + shift) & -page;
	signs->end = (relro.p_vaddr + relro.p_memsz + shift) & -page;
	if (signs->dynamic)
		signs->dynamic += shift;
	return true;
}

/* What the linker tells debuggers: that nothing is being loaded, from when all is relocated on */
static bool is_consistent(const struct seal_trace *t, uint64_t dynamic)
{
	struct r_debug debug;
	Elf64_Dyn entry;

	for (; dynamic; dynamic += sizeof(entry)) {
		/* It may have no place for that. */
		if (!read_words(t, dynamic, &entry, sizeof(entry)) || entry.d_tag == DT_NULL)
			return true;
		if (entry.d_tag == DT_DEBUG)
			return entry.d_un.d_ptr &&
			       read_words(t, entry.d_un.d_ptr, &debug, sizeof(debug)) &&
			       debug.r_state == RT_CONSISTENT;
	}
	return true;
}

/**
 * seal_relro_done - is the program relocated, and its RELRO read-only?
 * @t: its trace; its linker is glibc's
 *
 * That relocates the program behind all of its libraries, and makes it read-only at once; where it
 * has no RELRO it is asked. What runs before is a library's that watches the linker (LD_AUDIT), or
 * chooses functions (IFUNC).
 *
 * Return: whether it is.
 */
bool seal_relro_done(const struct seal_trace *t)
{
	struct signs signs;
	struct maps maps;
	bool done = true;
	size_t i;

	if (!find_signs(t, &signs))
		return false;
	if (signs.start >= signs.end)
		return is_consistent(t, signs.dynamic);
	maps_read(t->pid, &maps);
	for (i = 0; i < maps.nr; i++)
		if (maps.all[i].start < signs.end && maps.all[i].end > signs.start &&
		    maps.all[i].perms[1] == 'w')
			done = false;
	free(maps.all);
	return done;
}
