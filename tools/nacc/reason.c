// SPDX-License-Identifier: GPL-2.0
/*
 * What each reason of a refusal, and what came of it, means, in one line.
 */
#include <assert.h>
#include <string.h>

#include <nacc_sbi.h>

#include "nacc.h"

static const char *const names[] = { NACC_REASON_NAMES };

static const char *const meanings[] = {
	[NACC_REASON_NONE] = "not refused",
	[NACC_REASON_NOT_A_STORE] =
		"the instruction is none that the firmware performs on a page table (vector, floating point, cbo.zero, sc, ...)",
	[NACC_REASON_WIDTH] =
		"the store was not 8 bytes wide: page-table entries are written whole",
	[NACC_REASON_MISALIGNED] = "the address was not a multiple of the width",
	[NACC_REASON_PRIVILEGE] = "the store came from a user program",
	[NACC_REASON_NOT_A_TABLE] =
		"the store hit a page of the pool that is no page table now, or the firmware's own records",
	[NACC_REASON_PROVENANCE] =
		"the code that stored is not one of the kernel's page-table writers: a stray or hostile store",
	[NACC_REASON_RESERVED_BITS] =
		"the entry sets reserved, N, PBMT or G bits, W without R, or A, D or U beside a link",
	[NACC_REASON_NOT_USER] = "the entry would map kernel-only memory into the user half",
	[NACC_REASON_LEAF_POOL] =
		"the entry would map protected page tables into the process",
	[NACC_REASON_LEAF_FIRMWARE] =
		"the entry would map the firmware's memory into the process",
	[NACC_REASON_LEAF_KERNEL] = "the entry would map the kernel image into the process",
	[NACC_REASON_SUPERPAGE] = "the huge page is not aligned to its size",
	[NACC_REASON_LEVEL] = "the entry links a table of the wrong level",
	[NACC_REASON_OWNER] = "the entry links a table of another address space",
	[NACC_REASON_DOUBLE_LINK] =
		"the entry links a table that is linked elsewhere already",
	[NACC_REASON_KERNEL_HALF] =
		"the kernel half of the root would differ from the kernel's own",
	[NACC_REASON_LINK_NOT_RAM] = "the entry links something that is not ordinary memory",
	[NACC_REASON_NESTED] =
		"the page to be linked holds links of its own to tables that do not belong here",
	[NACC_REASON_EXHAUSTED] =
		"the pool had no page ready: it is too small or was used up too fast",
	[NACC_REASON_AS_STATE] = "the address space was being built or taken down",
	[NACC_REASON_NOT_SET_UP] = "the firmware was called before the module had set it up",
	[NACC_REASON_BAD_ADDRESS] = "the firmware was handed an address of the wrong kind",
	[NACC_REASON_BAD_COUNT] = "the firmware was handed a count out of range",
	[NACC_REASON_LINKED] = "the table to be released is still linked",
	[NACC_REASON_ROOT_IN_USE] = "a hart still runs on the root that was to be reused",
	[NACC_REASON_LOCKED] = "somebody tried to set the firmware up again, differently",
	[NACC_REASON_DEPUTY] =
		"an SBI call named memory that the firmware must not touch for its caller: ADDR is that memory, OLD the extension, INSN the function, NEW how much",
	[NACC_REASON_TAKEN] = "another hart had filled the entry already",
	[NACC_REASON_ROOT_FORGED] =
		"a marked process was to run on another root than its own (mm->pgd overwritten): ADDR is its mm, NEW what satp was to hold",
	[NACC_REASON_ROOT_FOREIGN] =
		"a process, or code that loads roots for none, named a root that is not its to name: ADDR is its mm or 0, NEW what satp was to hold",
	[NACC_REASON_GUEST] =
		"a virtual machine's tables were to be used while the firmware chooses roots",
	[NACC_REASON_CONTEXT] =
		"a thread was to return to user mode with other registers than it had: REGISTER is the first that differs, EXPECTED and FOUND its values",
	[NACC_REASON_THREAD] =
		"a thread was to return to user mode of which the firmware knows nothing: PC is where",
	[NACC_REASON_SYSCALL] =
		"a system call that the domain's list does not have: PC is where, FOUND its number",
	[NACC_REASON_SEALED] =
		"the entry maps a sealed page, or leads there ('nacc seal'): it does not change any more, so no debugger or uprobe writes there",
	[NACC_REASON_PAGE] = "where a program sees how it is protected nothing else may stand",
};

static_assert(ARRAY_SIZE(names) == NACC_REASON_MAX,
	      "every reason has a name");
static_assert(ARRAY_SIZE(meanings) == NACC_REASON_MAX,
	      "every reason has a meaning");

/**
 * reason_name - the name of a reason
 * @reason: enum nacc_reason
 *
 * Return: as in the audit and stats files.
 */
const char *reason_name(uint32_t reason)
{
	return reason < NACC_REASON_MAX ? names[reason] : "unknown";
}

/**
 * reason_meaning - explain a reason in one line
 * @name: its name, as in the audit and stats files
 *
 * Return: the explanation, without a full stop.
 */
const char *reason_meaning(const char *name)
{
	size_t i;

	for (i = 0; i < NACC_REASON_MAX; i++)
		if (!strcmp(names[i], name))
			return meanings[i];
	return "a reason this nacc does not know: install the one that came with the shim";
}

static const struct {
	const char *name;
	const char *meaning;
} outcomes[] = {
	{ "faulted",
	  "the store was refused and the code that made it got a fault" },
	{ "skipped",
	  "the store was refused, the kernel's page-table code went on; the container is ended" },
	{ "denied",
	  "it was a call, no store: the code that made it got an error" },
	{ "restored",
	  "it was a return to user mode: the thread went on with the registers that it had" },
	{ "trapped",
	  "it was a return to user mode: the thread got an illegal instruction instead" },
	{ "killed",
	  "it was no store: the root was not loaded; the process that named it is killed" },
	{ "performed",
	  "the store was NOT refused: provenance was 'audit', which only records" },
};

/**
 * outcome_meaning - explain what came of a store that broke a rule
 * @name: its outcome, as in the audit file
 *
 * Return: the explanation, without a full stop.
 */
const char *outcome_meaning(const char *name)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(outcomes); i++)
		if (!strcmp(outcomes[i].name, name))
			return outcomes[i].meaning;
	return "an outcome this nacc does not know: install the one of the module's release";
}
