// SPDX-License-Identifier: GPL-2.0
/*
 * nacc setup: put the few lines that container engines need into their configuration.
 */
#include <string.h>

#include "cmd.h"
#include "setup.h"

static const struct {
	const char *name;
	int (*change)(const struct setup *setup);
	const char *next;
} engines[] = {
	{ "podman", setup_podman, "podman run --runtime nacc IMAGE" },
	{ "docker", setup_docker,
	  "systemctl reload docker; docker run --runtime nacc IMAGE" },
	{ "containerd", setup_containerd,
	  "systemctl restart containerd; runtime handler nacc" },
};

static int one_engine(const struct setup *setup, const char *name)
{
	size_t i;
	int ret;

	for (i = 0; i < ARRAY_SIZE(engines); i++) {
		if (strcmp(engines[i].name, name))
			continue;
		ret = engines[i].change(setup);
		if (!ret && !setup->undo)
			printf("%s: then: %s\n", name, engines[i].next);
		return ret;
	}
	return nacc_fail(EXIT_USAGE,
			 "setup: '%s' is no engine known here: podman, docker or containerd",
			 name);
}

static int run_setup(const struct args *args)
{
	struct setup setup = { .root = args->root ? args->root : "",
			       .undo = args->undo };
	int i, ret = EXIT_OK;

	for (i = 0; i < args->argc && !ret; i++)
		ret = one_engine(&setup, args->argv[i]);
	return ret;
}

const struct cmd cmd_setup = {
	.name = "setup",
	.usage = "[--undo] [--root DIR] podman|docker|containerd...",
	.brief = "tell a container engine of nacc-runtime",
	.help =
	"Put into an engine's configuration what makes nacc-runtime one of its\n"
	"runtimes, by the name 'nacc', and print what was done. Again does nothing.\n"
	"Nothing is restarted: the last line says what is to be done.\n"
	"\n"
	"  podman      /etc/containers/containers.conf.d/50-nacc.conf, and the hook for\n"
	"              --annotation nacc.protect=true in /usr/share/containers/oci/hooks.d,\n"
	"              which CRI-O reads too\n"
	"  docker      the entry 'nacc' of 'runtimes' in /etc/docker/daemon.json\n"
	"  containerd  lines between two marks at the end of /etc/containerd/config.toml\n"
	"\n"
	"What somebody has changed since, or written himself, is left as it is.\n"
	"\n"
	"  --undo      take it away again, and nothing else; refused while a file says that\n"
	"              nacc is the default\n"
	"  --root DIR  of a system whose root is DIR\n"
	"\n"
	"Example:\n"
	"  # nacc setup podman\n"
	"  /etc/containers/containers.conf.d/50-nacc.conf: written\n",
	.opts = OPT_SETUP,
	.min = 1,
	.max = -1,
	.run = run_setup,
};
