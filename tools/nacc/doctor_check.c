// SPDX-License-Identifier: GPL-2.0
/*
 * nacc doctor: is everything there, and did the self-test pass?
 */
#include <stdarg.h>
#include <string.h>

#include <nacc_sbi.h>

#include "cmd.h"
#include "doctor.h"
#include "nacc.h"
#include "out.h"
#include "sys.h"

static void add_line(struct doctor *d, const char *name, const char *state,
		     const char *fmt, va_list ap)
{
	struct json_object *obj = out_object();
	char text[256];

	vsnprintf(text, sizeof(text), fmt, ap);
	out_add_str(obj, "name", name);
	out_add_str(obj, "state", state);
	out_add_str(obj, "text", text);
	out_append(d->checks, obj);
}

/* With @failed the check has failed; the first such is the verdict */
static void check(struct doctor *d, const char *name, const char *failed,
		  const char *fmt, ...)
	__printf(4, 5);

static void check(struct doctor *d, const char *name, const char *failed,
		  const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	add_line(d, name, failed ? "FAIL" : "ok", fmt, ap);
	va_end(ap);
	if (failed && !d->failed)
		d->failed = failed;
}

/* Weaker by choice: the verdict names it, but stays "ok" */
static void warn(struct doctor *d, const char *name, const char *warning,
		 const char *fmt, ...)
	__printf(4, 5);

static void warn(struct doctor *d, const char *name, const char *warning,
		 const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	add_line(d, name, "warn", fmt, ap);
	va_end(ap);
	if (!d->warning)
		d->warning = warning;
}

static const char *status_text(const struct doctor *d, const char *key)
{
	const char *text = table_lookup(&d->status, key);

	return text && *text ? text : "?";
}

static unsigned int major(uint32_t version)
{
	return version >> 16;
}

static unsigned int minor(uint32_t version)
{
	return version & 0xffff;
}

static void check_machine(struct doctor *d)
{
	bool riscv = !strcmp(sys_machine(), "riscv64");

	check(d, "machine", riscv ? NULL : "this machine is not a riscv64",
	      "%s", sys_machine());
}

static void check_versions(struct doctor *d)
{
	uint32_t uapi = d->info.uapi_version, sbi = d->info.sbi_version;
	bool same = major(uapi) == major(NACC_UAPI_VERSION) &&
		    minor(uapi) >= minor(NACC_UAPI_VERSION) &&
		    major(sbi) == major(NACC_SBI_ABI_VERSION);

	check(d, "module", NULL, "loaded, version %s",
	      status_text(d, "module"));
	check(d, "abi", same ? NULL : "module, shim and nacc are not of one release",
	      "module uapi %u.%u, shim sbi %u.%u; this nacc: uapi %u.%u, sbi %u.%u",
	      major(uapi), minor(uapi), major(sbi), minor(sbi),
	      major(NACC_UAPI_VERSION), minor(NACC_UAPI_VERSION),
	      major(NACC_SBI_ABI_VERSION), minor(NACC_SBI_ABI_VERSION));
}

static void check_pool(struct doctor *d)
{
	unsigned long long base = d->info.region_base;
	unsigned long long size = d->info.region_size >> 20;
	unsigned long long frames = d->info.frames;
	unsigned long long used = d->info.frames_used;
	char at[24] = "a hidden place";

	/* A kernel that is locked down does not say where. */
	if (base)
		snprintf(at, sizeof(at), "0x%llx", base);
	check(d, "mode", NULL, "%s, %u levels", status_text(d, "mode"),
	      d->info.levels);
	check(d, "pool", frames ? NULL : "the pool has no pages",
	      "%llu MiB at %s: %llu page-table pages, %llu used, %llu free",
	      size, at, frames, used, frames > used ? frames - used : 0);
}

static void check_selftest(struct doctor *d)
{
	const char *failed = NULL;

	d->online = sys_online_cpus();
	if (!d->info.harts || d->info.harts < d->info.harts_online)
		failed = "a hart did not refuse a store to the pool";
	else if (d->online < 0 || (uint32_t)d->online > d->info.harts)
		failed = "a hart came online after the self-test: load the module again";
	d->selftest = !failed;
	check(d, "self-test", failed,
	      "%u of %u harts refused a store to the pool; %d harts are online now",
	      d->info.harts, d->info.harts_online, d->online);
}

static void check_writers(struct doctor *d)
{
	/* An older module does not say this: to it each kernel was one that is known */
	const char *missing = table_lookup(&d->status, "writers_missing");
	uint64_t count, learned;

	table_lookup_u64(&d->status, "writers", &count);
	table_lookup_u64(&d->status, "writers_learned", &learned);
	d->writers = count > 0;
	if (missing && strcmp(missing, "-")) {
		check(d, "writers",
		      "not all of this kernel's page-table writers are known, so that none is refused",
		      "%s: %s. Run what this machine runs, marked, then 'nacc audit --learn --help'",
		      strcmp(missing, "this-series") ? "unknown is who does" :
		      "nacc was not tried with kernels like this one", missing);
		return;
	}
	if (!count)
		check(d, "writers", "the firmware does not know the kernel's page-table writers",
		      "no range of kernel code may write page tables");
	else if (learned)
		check(d, "writers", NULL,
		      "%llu ranges of kernel code may write page tables, some by %llu names in /etc/nacc/writers.d",
		      (unsigned long long)count, (unsigned long long)learned);
	else
		check(d, "writers", NULL, "%llu ranges of kernel code may write page tables",
		      (unsigned long long)count);
}

static void check_provenance(struct doctor *d)
{
	static const char weak[] =
		"stray writes to page tables are checked, but provenance is not enforced";
	const char *mode = status_text(d, "provenance");

	d->provenance = mode;
	d->enforced = !strcmp(mode, "enforce");
	if (d->enforced)
		check(d, "provenance", NULL,
		      "enforce: a store by code that is no known writer is refused");
	else if (!strcmp(mode, "audit"))
		warn(d, "provenance", weak,
		     "audit: a store by unknown code is performed and recorded ('nacc audit --learn')");
	else if (!strcmp(mode, "off"))
		warn(d, "provenance", weak,
		     "off: a store by unknown code is performed and not recorded");
	else
		warn(d, "provenance", weak,
		     "%s: the module does not say whether a store by unknown code is refused",
		     mode);
}

static const char *refusal_meaning(const char *refusal)
{
	if (!strcmp(refusal, "fault"))
		return ": a refused store ends the code that made it";
	if (!strcmp(refusal, "kill"))
		return ": a refused store ends the container, too";
	if (!strcmp(refusal, "panic"))
		return ": a refused store to a container's tables stops the machine";
	return "";
}

static void check_policy(struct doctor *d)
{
	const char *refusal = status_text(d, "refusal");

	d->locked = !strcmp(status_text(d, "locked"), "yes");
	check(d, "locked", NULL, "%s", d->locked ?
	      "yes: set-up and provenance stay until reset" :
	      "no: the first mark or 'nacc lock' locks set-up and provenance until reset");
	check(d, "refusal", NULL, "%s%s", refusal, refusal_meaning(refusal));
}

/* Excepting programs is a choice; that not all is protected is the usual case. */
static void check_system(struct doctor *d)
{
	const char *system = status_text(d, "system");

	d->system = !strcmp(system, "on");
	if (!strcmp(system, "changing"))
		warn(d, "system", "the system profile is being turned on or off",
		     "changing: somebody turns it on or off; ask again");
	else if (strncmp(system, "on but for ", strlen("on but for ")))
		check(d, "system", NULL, "%s", d->system ?
		      "on: every process is protected" :
		      "off: processes are protected that were marked, and their children");
	else
		warn(d, "system", "programs are excepted from the system profile",
		     "%s: what runs them is not protected, and harts may use ordinary tables",
		     system);
}

/* Every shim of this major version looks at calls of other extensions. */
static void check_calls(struct doctor *d)
{
	check(d, "sbi calls", NULL,
	      "those that take memory are checked, unknown ones refused; extensions not offered: %s",
	      status_text(d, "sbi-withheld"));
}

static const char *hooks_meaning(const char *state)
{
	if (!strcmp(state, "armed"))
		return ": many entries are changed by one call, and what does not fit fails softly";
	if (!strcmp(state, "idle"))
		return ": functions of the kernel are hooked while something is marked";
	if (!strcmp(state, "partly"))
		return ": some functions cannot be hooked: 'nacc stat --hooks' says what is lost";
	if (!strcmp(state, "off"))
		return ": by nacc.hook=off each change of an entry traps for itself";
	if (!strcmp(state, "draining"))
		return ": nothing is marked; until a replaced call returns the module stays";
	if (!strcmp(state, "dead"))
		return ": a needed one is not replaced: 'nacc stat --hooks' says more";
	return "";
}

/* What the hooks are now, and what the next mark would find. */
static const char *hooks_failed(const char *state, const char *backends)
{
	if (!strcmp(state, "dead"))
		return "a needed hook is dead: no mark is possible, what is marked is at risk";
	if (!strcmp(backends, "none"))
		return "no way to hook works now: nothing can be marked";
	return NULL;
}

static void check_hooks(struct doctor *d)
{
	const char *state = status_text(d, "hooks");
	const char *backends = status_text(d, "backends");

	check(d, "hooks", hooks_failed(state, backends),
	      "%s%s (backends: %s; protection does not rest on them)",
	      state, hooks_meaning(state), backends);
}

static void check_walker(struct doctor *d)
{
	static const char * const meanings[][2] = {
		{ "faults", "the walker faults, Linux sets A and D by checked stores" },
		{ "sets", "the walker sets A and D itself, and nothing else" },
		{ "denied", "the walker may not set A and D, the firmware does" },
	};
	const char *walker = status_text(d, "walker");
	const char *meaning = "what the walker does about A and D could not be told";
	const char *failed = NULL;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(meanings); i++)
		if (!strcmp(walker, meanings[i][0]))
			meaning = meanings[i][1];
	if (d->info.ad == NACC_AD_FAULT && !strcmp(walker, "sets"))
		failed = "menvcfg.ADUE is held at zero, but the walker sets A and D";
	check(d, "a/d", failed, "%s: tried on each hart: %s",
	      status_text(d, "ad"), meaning);
}

/* No part of what protects page tables: that there is none is no failure. */
static void check_gate(struct doctor *d)
{
	const char *gate = status_text(d, "gate");

	d->gate = !strncmp(gate, "available", strlen("available"));
	check(d, "gate", NULL, "%s%s", gate,
	      d->gate ? ": 'nacc gate' has the firmware watch the registers of threads" : "");
}

/* Named each time, and no fault of the machine's: it does not touch the verdict. */
static void check_evidence(struct doctor *d)
{
	const char *evidence = status_text(d, "evidence");

	if (strcmp(evidence, "development key"))
		check(d, "evidence", NULL, "%s: 'nacc report' has no signer here", evidence);
	else
		warn(d, "evidence", NULL,
		     "development key: anybody can sign with it, so 'nacc report' proves nothing about this machine");
}

static void check_rest(struct doctor *d)
{
	check_walker(d);
	check_hooks(d);
	check_gate(d);
	check_evidence(d);
	check(d, "domains", NULL, "%u marked now", d->info.domains);
}

/**
 * isa_has_h - does an ISA string name the hypervisor extension?
 * @isa: as in /proc/cpuinfo, "rv64imafdch_zicbom"
 *
 * Return: whether it does.
 */
bool isa_has_h(const char *isa)
{
	if (!strncmp(isa, "rv", 2))
		isa += strcspn(isa, "imae_");
	return isa[strcspn(isa, "h_zsx")] == 'h';
}

static void find_hyp(struct doctor *d)
{
	struct table cpuinfo = { 0 };
	FILE *file;
	size_t i;

	d->hyp = HYP_UNKNOWN;
	if (procfile_open("/proc/cpuinfo", &file))
		return;
	table_parse_status(file, &cpuinfo);
	fclose(file);
	for (i = 0; i < cpuinfo.nrows; i++) {
		const char *key = table_cell(&cpuinfo, i, "name");

		if (strcmp(key, "isa") && strcmp(key, "hart isa"))
			continue;
		if (isa_has_h(table_cell(&cpuinfo, i, "value")))
			d->hyp = HYP_YES;
		else if (d->hyp == HYP_UNKNOWN)
			d->hyp = HYP_NO;
	}
	table_free(&cpuinfo);
}

/**
 * doctor_check - look at a machine with the module loaded
 * @d: @d->info and @d->status are there; the rest is filled in
 */
void doctor_check(struct doctor *d)
{
	check_machine(d);
	check_versions(d);
	check_pool(d);
	check_selftest(d);
	check_writers(d);
	check_provenance(d);
	check_policy(d);
	check_system(d);
	check_calls(d);
	check_rest(d);
	find_hyp(d);
}

static bool firmware_node(void)
{
	DIR *dir = sys_opendir("/proc/device-tree/reserved-memory");
	struct dirent *entry;
	bool found = false;

	if (!dir)
		return false;
	while ((entry = readdir(dir)))
		if (strstr(entry->d_name, "nacc"))
			found = true;
	closedir(dir);
	return found;
}

/**
 * doctor_absent - look at a machine whose module does not answer
 * @d: result
 * @what: what is wrong, the verdict
 */
void doctor_absent(struct doctor *d, const char *what)
{
	check_machine(d);
	check(d, "module", what,
	      "%s; insmod nacc.ko loads the module, and answers 'No such device' where the firmware has no shim",
	      what);
	if (signed_only())
		warn(d, "signature", NULL,
		     "this kernel takes only modules that a key it knows has signed: another gets 'Key was rejected by service'; docs/install.md, \"Signing\"");
	if (firmware_node())
		check(d, "firmware", NULL,
		      "the device tree has memory set aside for NACC, so the shim is there");
}
