// SPDX-License-Identifier: GPL-2.0
/*
 * nacc run
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <nacc_sbi.h>

#include "calls.h"
#include "cmd.h"
#include "dev.h"
#include "seal.h"
#include "sys.h"

static void default_name(const char *path, char name[NACC_NAME_LEN])
{
	const char *slash = strrchr(path, '/');
	char *c;

	snprintf(name, NACC_NAME_LEN, "%s", slash && slash[1] ? slash + 1 : path);
	for (c = name; *c; c++)
		if ((unsigned char)*c < ' ' || *c == 0x7f)
			*c = '?';
}

/* The first option that asks for more than to be protected, or NULL */
static const char *asks_for_more(const struct args *args)
{
	return args->domain ? "--domain" : args->name ? "--name" : args->forbid ? "--forbid" :
	       args->gate ? "--gate" : args->seal_text ? "--seal-text" : NULL;
}

/*
 * Inside of a protected container there is no device: whoever runs there is protected, and
 * has nothing to ask for. @fd: -1: it is so, and nobody is asked.
 */
static int open_device(const struct args *args, int *fd)
{
	const char *more = asks_for_more(args);

	*fd = dev_try();
	if (*fd >= 0)
		return EXIT_OK;
	if (!sys_protected())
		return dev_open(fd);
	if (!more)
		return EXIT_OK;
	return nacc_fail(EXIT_ABSENT,
			 "run: this is protected already, and /dev/nacc is not here: leave %s out, or run it outside of the container",
			 more);
}

/* Who is in a domain stays in it: what it asks for is not to be had for a part of it. */
static int mark_or_stay(const struct args *args, int fd, struct marking *m)
{
	const char *more = asks_for_more(args);
	uint32_t domain;

	m->anywhere = !more;
	if (args->domain || !more || dev_domain(fd, m->pid, &domain) || !domain ||
	    dev_own_domain(fd, m->pid, &domain) || !domain)
		return dev_mark(fd, m);
	if (args->seal_text && !args->name && !args->forbid && !args->gate) {
		m->anywhere = true;
		return dev_mark(fd, m);
	}
	return nacc_fail(EXIT_MARKED,
			 "run: this is protected already, in domain %u: leave %s out, or run it outside of that",
			 domain, more);
}

static int mark_self(const struct args *args, const char *name)
{
	struct marking m = { .pid = getpid(), .name = name };
	uint32_t forbid = 0, gate = 0;
	int ret, fd;

	if (args->domain && (args->name || args->forbid || args->gate))
		return nacc_fail(EXIT_USAGE,
				 "run: --domain goes with none of --name, --forbid, --gate: the domain has its own");
	ret = name_check(name);
	if (!ret)
		ret = forbid_parse(args->forbid, &forbid);
	if (!ret && args->gate)
		ret = gate_mode(args->gate, &gate);
	if (!ret && gate == NACC_GATE_OFF && (args->ptrace || args->allow))
		ret = nacc_fail(EXIT_USAGE,
				"run: --ptrace and --allow go with --gate audit or --gate enforce");
	if (!ret)
		ret = open_device(args, &fd);
	if (ret || fd < 0)
		return ret;
	if (args->domain)
		ret = target_domain(args->domain, &m.join);
	if (!ret)
		ret = mark_or_stay(args, fd, &m);
	if (!ret)
		ret = forbid_call(fd, m.domain, forbid, 0, UINT64_MAX);
	if (!ret && args->gate)
		ret = gate_set(fd, m.domain, gate, args);
	close(fd);
	return ret;
}

static const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

/* Whether an option of podman's, before its command, names a service that is to do it */
static bool names_service(const char *word)
{
	static const char *const options[] = { "--remote", "--connection", "--url", "--host",
					       "--context" };
	const size_t len = strcspn(word, "=");
	size_t i;

	if (!strcmp(word, "--remote=false"))
		return false;
	for (i = 0; i < ARRAY_SIZE(options); i++)
		if (len == strlen(options[i]) && !strncmp(word, options[i], len))
			return true;
	/* Letters run together, or with the value behind them */
	return word[1] != '-' && strpbrk(word + 1, "rcH");
}

/* Options of podman's that take the next word */
static bool podman_takes_next(const char *word)
{
	static const char *const options[] = {
		"--cgroup-manager", "--config", "--conmon", "--cdi-spec-dir", "--events-backend",
		"--hooks-dir", "--identity", "--imagestore", "--log-level", "--module",
		"--network-cmd-path", "--network-config-dir", "--out", "--root", "--runroot",
		"--runtime", "--runtime-flag", "--ssh", "--storage-driver", "--storage-opt",
		"--tls-ca", "--tls-cert", "--tls-key", "--tmpdir", "--volumepath",
		"--default-mounts-file", "--namespace", "--registries-conf",
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(options); i++)
		if (!strcmp(word, options[i]))
			return true;
	return false;
}

static bool podman_is_client(char **argv)
{
	const char *host = getenv("CONTAINER_HOST"), *name = getenv("CONTAINER_CONNECTION");

	if ((host && *host) || (name && *name))
		return true;
	for (argv++; *argv && **argv == '-'; argv++) {
		if (names_service(*argv))
			return true;
		if (podman_takes_next(*argv) && !*++argv)
			break;
	}
	return false;
}

/* These tell a daemon what to start, which starts it: nobody inherits anything. */
static bool is_client(char **argv)
{
	static const char *const clients[] = {
		"docker", "nerdctl", "ctr", "crictl", "kubectl", "podman-remote",
		"machinectl", "systemctl", "systemd-run", "incus", "lxc", "virsh",
	};
	const char *name = base_name(argv[0]);
	size_t i;

	for (i = 0; i < ARRAY_SIZE(clients); i++)
		if (!strcmp(name, clients[i]))
			return true;
	return !strcmp(name, "podman") && podman_is_client(argv);
}

static void warn_of_client(char **argv)
{
	if (is_client(argv))
		nacc_fail(0,
			  "warning: '%s' asks a daemon: only the client is protected, not what the daemon starts: mark its cgroup ('nacc mark --cgroup PATH')",
			  base_name(argv[0]));
}

static int run_run(const struct args *args)
{
	char name[NACC_NAME_LEN];
	const char *file = args->argv[0];

	/* Of a domain that is there it is not known. */
	const bool gated = args->domain || sys_protected() ||
			   (args->gate && strcmp(args->gate, "off") && !args->ptrace);
	int watcher = args->seal_text ? seal_watch(gated) : 0;

	if (watcher < 0)
		return EXIT_RUN_NACC;
	default_name(file, name);
	warn_of_client(args->argv);
	if (mark_self(args, args->name ? args->name : name) ||
	    (args->seal_text && seal_go(watcher)))
		return EXIT_RUN_NACC;
	execvp(file, args->argv);
	if (errno == ENOENT)
		return nacc_fail(EXIT_RUN_NOENT,
				 "'%s' was not found: check the name and $PATH",
				 file);
	return nacc_fail(EXIT_RUN_EXEC,
			 "'%s' cannot be executed: %s: check its mode and format",
			 file, strerror(errno));
}

#define USAGE	"[--domain ID|--name NAME] [--forbid WHAT] [--gate MODE] [--ptrace] " \
		"[--allow FILE] [--seal-text] COMMAND..."

const struct cmd cmd_run = {
	.name = "run",
	.usage = USAGE,
	.brief = "run a command, protected from its first instruction on",
	.help =
	"Mark nacc itself, then become COMMAND. It and all its children run on\n"
	"protected page tables from their first instruction on. The domain ends with\n"
	"the last of them.\n"
	"\n"
	"  --domain ID    as part of a domain that is there, by its ID or name: another\n"
	"                 process of a container, say\n"
	"  --name NAME    label of the domain, up to 31 bytes; else COMMAND's name\n"
	"  --forbid WHAT  force-write, pin, or both with a comma, as 'nacc forbid'\n"
	"  --gate MODE    audit or enforce, as 'nacc gate'; also --ptrace and --allow FILE\n"
	"  --seal-text    as 'nacc seal --text', once the dynamic linker is done, before the\n"
	"                 program begins; what cannot be sealed ends there, with 125 (behind a\n"
	"                 gate by SIGKILL)\n"
	"\n"
	"What only asks a daemon to start something (docker, ctr, kubectl, podman with\n"
	"--remote or $CONTAINER_HOST) is protected, and what the daemon starts is not: use\n"
	"'nacc mark --cgroup' for that.\n"
	"\n"
	"What is protected already goes on in its domain: 'nacc run' in a protected container\n"
	"just runs COMMAND, and what it cannot have there (--name, --gate, ...) is an error.\n"
	"\n"
	"Who is not root may protect himself so if the module was loaded with self=FRAMES\n"
	"and /dev/nacc may be opened.\n"
	"\n"
	"Exits as COMMAND does, or with 125 if nacc failed and nothing was started,\n"
	"126 if COMMAND cannot be executed, 127 if it was not found.\n"
	"\n"
	"Example:\n"
	"  # nacc run --name web -- crun run web\n",
	.opts = OPT_NAME | OPT_FORBID | OPT_DOMAIN | OPT_RUN_GATE | OPT_GATE | OPT_RUN_SEAL |
		OPT_STOP,
	.min = 1,
	.max = -1,
	.run = run_run,
};
