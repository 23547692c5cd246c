/* SPDX-License-Identifier: GPL-2.0 */
/* What the plugin uses of Slurm's header of this name, for tests/slurm.c. */
#define SPANK_PLUGIN(name, version) \
	extern const char plugin_name[]; \
	const char plugin_name[] = #name "-" #version

#define ESPANK_SUCCESS	0
#define ESPANK_ERROR	1

enum spank_item { S_JOB_ID, S_JOB_STEPID, S_JOB_ARRAY_ID, S_JOB_ARRAY_TASK_ID };

#define spank_t	uintptr_t

struct spank_option {
	const char *name;
	const char *arginfo;
	const char *usage;
	int has_arg;
	int val;
	int (*cb)(int val, const char *arg, int remote);
};

int spank_get_item(spank_t sp, enum spank_item item, uint32_t *val);
int spank_option_register(spank_t sp, struct spank_option *option);
void slurm_error(const char *fmt, ...);

int slurm_spank_init(spank_t sp, int argc, char **argv);
int slurm_spank_task_init_privileged(spank_t sp, int argc, char **argv);
