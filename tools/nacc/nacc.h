/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the files of the nacc command share.
 */
#ifndef NACC_H
#define NACC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#ifndef NACC_VERSION
#define NACC_VERSION "0.1.0"
#endif

#define ARRAY_SIZE(a)	(sizeof(a) / sizeof(*(a)))

#define __printf(fmt, args)	__attribute__((__format__(printf, fmt, \
							  args)))

/**
 * enum nacc_exit - what the command's exit status means
 * @EXIT_OK: done
 * @EXIT_CHECK: a check failed (verify found a mismatch, doctor is not content)
 * @EXIT_USAGE: the command line makes no sense
 * @EXIT_NOENT: no such process or domain, or one this cannot be done to
 * @EXIT_PERM: not permitted
 * @EXIT_ABSENT: the module or the shim is absent or of another release
 * @EXIT_NOMEM: the pool or the machine's memory is exhausted
 * @EXIT_SYS: any other error of the system
 * @EXIT_MARKED: the process or cgroup is marked already, otherwise than was asked for
 * @EXIT_RUN_NACC: "nacc run" itself failed; the command was not started
 * @EXIT_RUN_EXEC: "nacc run": the command is there but cannot be executed
 * @EXIT_RUN_NOENT: "nacc run": the command was not found
 */
enum nacc_exit {
	EXIT_OK = 0,
	EXIT_CHECK = 1,
	EXIT_USAGE = 2,
	EXIT_NOENT = 3,
	EXIT_PERM = 4,
	EXIT_ABSENT = 5,
	EXIT_NOMEM = 6,
	EXIT_SYS = 7,
	EXIT_MARKED = 8,
	EXIT_RUN_NACC = 125,
	EXIT_RUN_EXEC = 126,
	EXIT_RUN_NOENT = 127,
};

/**
 * struct args - a parsed command line
 * @json: --json was given
 * @leaves: --leaves was given
 * @all: --all was given
 * @learn: --learn was given
 * @hooks: --hooks was given
 * @engine: --engine was given
 * @name: value of --name, or NULL
 * @forbid: value of --forbid, or NULL
 * @tree: --tree was given
 * @cgroup: value of --cgroup, or NULL
 * @domain: value of --domain, or NULL
 * @start: value of --start, or NULL
 * @end: value of --end, or NULL
 * @undo: --undo was given
 * @root: value of --root, or NULL
 * @gate: value of --gate, or NULL
 * @ptrace: --ptrace was given
 * @allow: value of --allow, or NULL
 * @no_ptrace: --no-ptrace was given
 * @no_allow: --no-allow was given
 * @format: value of --format, or NULL
 * @since: value of --since, NACC_LAST_TIME without one, or NULL
 * @moment: value of --moment, or NULL
 * @record: --record was given
 * @stop: --stop was given
 * @text: --text was given
 * @list: --list was given
 * @seal_text: --seal-text was given
 * @machine: --machine was given
 * @nonce: value of --nonce, or NULL
 * @image: value of --image, or NULL
 * @out: value of --out, or NULL
 * @verify: value of --verify, or NULL
 * @key: value of --key, or NULL
 * @reference: value of --reference, or NULL
 * @seals: value of --seals, or NULL
 * @delay: value of --delay, or NULL
 * @once: --once was given
 * @columns: value of --output, or NULL
 * @noheadings: --noheadings was given
 * @file: value of --file, or NULL
 * @check: --check was given
 * @enabled: --enabled was given
 * @textfile: value of --textfile, or NULL
 * @http: --http was given
 * @journal: --journal was given
 * @argc: number of operands
 * @argv: the operands, NULL-terminated
 */
struct args {
	bool json;
	bool leaves;
	bool all;
	bool learn;
	bool hooks;
	bool engine;
	bool system;
	bool off;
	const char *name;
	const char *forbid;
	bool tree;
	const char *cgroup;
	const char *domain;
	const char *start;
	const char *end;
	bool undo;
	const char *root;
	const char *gate;
	bool ptrace;
	const char *allow;
	bool no_ptrace;
	bool no_allow;
	const char *format;
	const char *since;
	const char *moment;
	bool record;
	bool stop;
	bool text;
	bool list;
	bool seal_text;
	bool machine;
	const char *nonce;
	const char *image;
	const char *out;
	const char *verify;
	const char *key;
	const char *reference;
	const char *seals;
	const char *delay;
	bool once;
	const char *columns;
	bool noheadings;
	const char *file;
	bool check;
	bool enabled;
	const char *textfile;
	bool http;
	bool journal;
	int argc;
	char **argv;
};

/* --since without a moment; none can be called so */
#define NACC_LAST_TIME	".last"

/* Options that a command takes, for struct cmd */
#define OPT_JSON	0x01
#define OPT_NAME	0x02
#define OPT_LEAVES	0x04
#define OPT_ALL		0x08
#define OPT_LEARN	0x20
#define OPT_HOOKS	0x40
#define OPT_FORBID	0x80
/* --start and --end */
#define OPT_RANGE	0x100
/* --system and --off */
#define OPT_PROTECT	0x200
#define OPT_CGROUP	0x400
#define OPT_DOMAIN	0x800
#define OPT_TREE	0x1000
#define OPT_ENGINE	0x20000
/* --undo and --root */
#define OPT_SETUP	0x2000
/* --ptrace and --allow */
#define OPT_GATE	0x4000
/* --since, --moment, --record and --stop */
#define OPT_CALLS	0x8000000
/* --no-ptrace and --no-allow */
#define OPT_UNGATE	0x4000000
/* --gate */
#define OPT_RUN_GATE	0x8000
#define OPT_FORMAT	0x10000
/* All that is about reports */
#define OPT_REPORT	0x40000
/* --text and --list */
#define OPT_SEAL	0x80000
/* --seal-text */
#define OPT_RUN_SEAL	0x100000
/* --file, --check and --enabled */
#define OPT_APPLY	0x200000
/* --textfile and --http */
#define OPT_METRICS	0x400000
#define OPT_JOURNAL	0x800000
/* --delay and --once */
#define OPT_TOP		0x2000000
/* --output and --noheadings */
#define OPT_TABLE	0x1000000
/* Everything from the first operand on belongs to another program */
#define OPT_STOP	0x10

/**
 * struct cmd - one command
 * @name: its name
 * @usage: operands and options, as in a synopsis
 * @brief: what it does, in one line
 * @help: options and an example, printed by --help
 * @opts: OPT_*
 * @min: fewest operands
 * @max: most operands, or -1
 * @run: does it and returns the exit status
 */
struct cmd {
	const char *name;
	const char *usage;
	const char *brief;
	const char *help;
	unsigned int opts;
	int min;
	int max;
	int (*run)(const struct args *args);
};

extern const struct cmd cmd_doctor, cmd_run, cmd_mark, cmd_unmark, cmd_ps,
	cmd_stat, cmd_dump, cmd_verify, cmd_audit, cmd_lock,
	cmd_forbid, cmd_quota, cmd_protect, cmd_monitor, cmd_hook, cmd_setup,
	cmd_gate, cmd_syscalls, cmd_report, cmd_seal, cmd_top, cmd_apply, cmd_metrics;

/* args.c */
#define ARGS_HELP	(-1)
int args_parse(const struct cmd *cmd, int argc, char **argv, struct args *args);
int args_pid(const char *text, int *pid);
int args_domain(const char *text, uint32_t *domain);

/* err.c */
int nacc_fail(int code, const char *fmt, ...) __printf(2, 3);
void nacc_fail_also(void (*also)(const char *text));
void nacc_fail_at(const char *path, unsigned int line);
void *nacc_alloc(void *old, size_t count, size_t size);
void standard_taken(void);
void standard_kept(void);
bool standard_failed(int *err);
FILE *nacc_stream(char **text, size_t *len);

/* utf8.c */
size_t utf8_len(const char *text);
size_t utf8_shown(const char *text);
size_t utf8_plain(const char *text);
size_t utf8_width(const char *text);
bool utf8_valid(const char *text);

/* reason.c */
const char *reason_meaning(const char *name);
const char *reason_name(uint32_t reason);
const char *outcome_meaning(const char *name);

#endif /* NACC_H */
