/* SPDX-License-Identifier: GPL-2.0 */
/* What the plugin uses of Slurm's header of this name, for tests/slurm.c. */
#define SLURM_BATCH_SCRIPT	0xfffffffbU
#define SLURM_EXTERN_CONT	0xfffffffcU
#define SLURM_INTERACTIVE_STEP	0xfffffffaU
#define NO_VAL			0xfffffffeU
