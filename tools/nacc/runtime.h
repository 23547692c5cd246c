/* SPDX-License-Identifier: GPL-2.0 */
/*
 * nacc-runtime: an OCI runtime in front of another one.
 */
#ifndef NACC_RUNTIME_H
#define NACC_RUNTIME_H

#include <limits.h>
#include <stdbool.h>
#include <stdint.h>

#include <json-c/json.h>
#include <linux/nacc.h>

/**
 * enum runtime_kind - what a call does to the container
 * @RUNTIME_PASS: starts no process in it: handed on as it is
 * @RUNTIME_START: starts the container: in a domain of its own
 * @RUNTIME_EXEC: starts a process in a container that runs: in its domain
 * @RUNTIME_STATE: prints the container's state: its domain is added
 * @RUNTIME_FEATURES: prints what the runtime can do: NACC is added
 */
enum runtime_kind {
	RUNTIME_PASS,
	RUNTIME_START,
	RUNTIME_EXEC,
	RUNTIME_STATE,
	RUNTIME_FEATURES,
};

/**
 * struct runtime_call - a command line of an OCI runtime, understood
 * @kind: what it does
 * @program: the runtime behind this one, as --runtime names it, or NULL
 * @root: value of --root, or NULL
 * @log: value of --log, or NULL
 * @log_json: --log-format is json
 * @id: of the container, or NULL where none is to be found
 * @asks: only for help, or for a version
 * @creates: there is no such container yet
 * @bundle: its folder, or NULL: this one
 * @config: its configuration, if that is not in the bundle, or NULL
 * @command: the word that says what to do, or NULL
 * @globals: number of words before the command, the program's name not counted
 * @argv: the words for the runtime behind, argv[0] its name, NULL-terminated
 */
struct runtime_call {
	enum runtime_kind kind;
	const char *program;
	const char *root;
	const char *log;
	bool log_json;
	const char *id;
	bool asks;
	bool creates;
	const char *bundle;
	const char *config;
	char **command;
	int globals;
	char **argv;
};

int runtime_parse(int argc, char **argv, struct runtime_call *call);
int runtime_behind(const struct runtime_call *call, char path[PATH_MAX]);

int runtime_json(char **argv, struct json_object **obj, int *status);
int runtime_pid(const struct runtime_call *call, int *pid);
int runtime_features(const struct runtime_call *call);
int runtime_state(const struct runtime_call *call);

void runtime_label(const char *id, char name[NACC_NAME_LEN]);

#endif /* NACC_RUNTIME_H */
