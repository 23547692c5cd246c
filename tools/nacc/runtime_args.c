// SPDX-License-Identifier: GPL-2.0
/*
 * The command line of an OCI runtime, as far as it must be understood: which command,
 * which container, where errors are logged.
 *
 * What is not known is protected: a command that is not listed as harmless starts in a
 * domain of its own. Where it is not known which word is the command, nothing is started.
 */
#include <stdio.h>
#include <string.h>

#include "nacc.h"
#include "runtime.h"

/* Options of runc and crun that take the next word, unless they have '=' */
static const char *const global_values[] = {
	"root", "log", "log-format", "log-level", "criu", "rootless",
	"cgroup-manager", NULL
};

/* Options of theirs that take none */
static const char *const global_flags[] = {
	"debug", "systemd-cgroup", "version", "v", "V", "help", "h", "?", "usage", NULL
};

static const char *const start_values[] = {
	"b", "bundle", "f", "config", "console-socket", "pidfd-socket",
	"pid-file", "preserve-fds", "image-path", "work-path",
	"parent-path", "manage-cgroups-mode", "empty-ns", "status-fd", "lsm-profile",
	"lsm-mount-context", "network-lock", NULL
};

static const char *const exec_values[] = {
	"console-socket", "pidfd-socket", "cwd", "e", "env", "u", "user",
	"g", "additional-gids", "p", "process", "pid-file", "process-label",
	"apparmor", "c", "cap", "preserve-fds", "cgroup", NULL
};

/* state has one option of crun's, -a and --all, without a value */
static const char *const no_values[] = { NULL };

static const struct {
	const char *name;
	enum runtime_kind kind;
	const char *const *values;
} commands[] = {
	{ "create", RUNTIME_START, start_values },
	{ "run", RUNTIME_START, start_values },
	{ "restore", RUNTIME_START, start_values },
	{ "exec", RUNTIME_EXEC, exec_values },
	{ "state", RUNTIME_STATE, no_values },
	{ "features", RUNTIME_FEATURES, NULL },
	/* A process that waits in the container since "create" goes on */
	{ "start", RUNTIME_PASS, NULL },
	{ "checkpoint", RUNTIME_PASS, NULL },
	{ "delete", RUNTIME_PASS, NULL },
	{ "events", RUNTIME_PASS, NULL },
	{ "help", RUNTIME_PASS, NULL },
	{ "h", RUNTIME_PASS, NULL },
	{ "kill", RUNTIME_PASS, NULL },
	{ "list", RUNTIME_PASS, NULL },
	{ "mounts", RUNTIME_PASS, NULL },
	{ "pause", RUNTIME_PASS, NULL },
	{ "ps", RUNTIME_PASS, NULL },
	{ "resume", RUNTIME_PASS, NULL },
	{ "spec", RUNTIME_PASS, NULL },
	{ "update", RUNTIME_PASS, NULL },
};

/* The name of an option without its dashes, or NULL if the word is none. */
static const char *option_name(const char *word)
{
	if (word[0] != '-' || !word[1])
		return NULL;
	return word + (word[1] == '-' ? 2 : 1);
}

static size_t name_len(const char *name)
{
	return strcspn(name, "=");
}

static bool is_option(const char *word, const char *wanted)
{
	const char *name = option_name(word);

	return name && name_len(name) == strlen(wanted) &&
	       !strncmp(name, wanted, name_len(name));
}

static bool is_one_of(const char *word, const char *const *wanted)
{
	size_t i;

	for (i = 0; wanted[i]; i++)
		if (is_option(word, wanted[i]))
			return true;
	return false;
}

/* Long options may be cut short, as far as crun sees. */
static bool is_short_for(const char *name, const char *const *wanted)
{
	size_t i;

	for (i = 0; wanted[i]; i++)
		if (wanted[i][1] && !strncmp(wanted[i], name, strlen(name)))
			return true;
	return false;
}

/* Letters run together: what is behind one that takes a value is the value. */
static bool last_takes_next(const char *letters, const char *const *values)
{
	size_t i;

	for (; *letters; letters++)
		for (i = 0; values[i]; i++)
			if (values[i][0] == *letters && !values[i][1])
				return !letters[1];
	return false;
}

/* Does this option take the next word? */
static bool takes_next(const char *word, const char *const *values)
{
	const char *name = option_name(word);

	if (strchr(word, '='))
		return false;
	if (is_one_of(word, values))
		return true;
	return word[1] == '-' ? is_short_for(name, values) : last_takes_next(name, values);
}

static const char *value_of(char **word)
{
	const char *equals = strchr(*word, '=');

	return equals ? equals + 1 : word[1];
}

/* The first word that is neither an option nor the value of one, or NULL. */
static char **first_operand(char **word, const char *const *values)
{
	for (; *word; word++) {
		if (!strcmp(*word, "--"))
			return word[1] ? word + 1 : NULL;
		if (!option_name(*word))
			return word;
		if (takes_next(*word, values) && !*++word)
			return NULL;
	}
	return NULL;
}

/* The value of an option that takes one, if this word is it, however that is written. */
static bool take_value(char **word, char letter, const char *name, const char **value)
{
	const char *text = option_name(*word), one[] = { letter, '\0' };

	if (is_option(*word, one) || is_option(*word, name) ||
	    ((*word)[1] == '-' && !strncmp(name, text, name_len(text)))) {
		*value = value_of(word);
		return true;
	}
	/* Letters run together; the others are crun's -d. */
	while ((*word)[1] != '-' && *text == 'd')
		text++;
	if ((*word)[1] == '-' || *text != letter)
		return false;
	*value = text[1] ? text + 1 : word[1];
	return true;
}

/* Also behind the container's ID: runc takes options there, and crun refuses them. */
static void take_bundle(struct runtime_call *call, char **word)
{
	for (; *word && strcmp(*word, "--"); word++) {
		if (!option_name(*word))
			continue;
		if (!take_value(word, 'b', "bundle", &call->bundle))
			take_value(word, 'f', "config", &call->config);
		if (takes_next(*word, start_values) && !*++word)
			return;
	}
}

/* Which word is the command depends on each option before it being known in full. */
static int take_globals(struct runtime_call *call, char **end)
{
	char **word;

	for (word = call->argv + 1; word < end && strcmp(*word, "--"); word++) {
		if (!strchr(*word, '=') && !is_one_of(*word, global_values) &&
		    !is_one_of(*word, global_flags))
			return nacc_fail(EXIT_USAGE,
					 "the option %s is not known here, nor whether it takes a value, and nothing is started: write it in full, or with '='",
					 *word);
		if (is_option(*word, "root"))
			call->root = value_of(word);
		if (is_option(*word, "log"))
			call->log = value_of(word);
		if (is_option(*word, "log-format"))
			call->log_json = value_of(word) &&
					 !strcmp(value_of(word), "json");
		if (takes_next(*word, global_values))
			word++;
	}
	return EXIT_OK;
}

static void take_command(struct runtime_call *call, char **word)
{
	char **operand;
	size_t i;

	call->kind = RUNTIME_START;
	call->command = word;
	for (i = 0; i < ARRAY_SIZE(commands); i++) {
		if (strcmp(commands[i].name, *word))
			continue;
		call->kind = commands[i].kind;
		/* All others that start something do it where something runs. */
		call->creates = call->kind == RUNTIME_START;
		if (!commands[i].values)
			return;
		if (call->creates)
			take_bundle(call, word + 1);
		operand = first_operand(word + 1, commands[i].values);
		call->id = operand ? *operand : NULL;
		return;
	}
}

/* The options that are ours, --runtime PROGRAM, come first of all. */
static int take_ours(int argc, char **argv, struct runtime_call *call)
{
	int i = 1;

	while (i < argc && is_option(argv[i], "runtime")) {
		call->program = value_of(&argv[i]);
		if (!call->program || !*call->program)
			return nacc_fail(EXIT_USAGE,
					 "--runtime needs a value: the name or path of an OCI runtime");
		i += strchr(argv[i], '=') ? 1 : 2;
	}
	argv[i - 1] = argv[0];
	call->argv = argv + i - 1;
	return EXIT_OK;
}

static const char *const helps[] = { "help", "h", "?", "usage", NULL };
static const char *const versions[] = { "version", "v", "V", NULL };

/*
 * "create --help" starts nothing and may be asked where there is no module, whatever else is
 * said; "--help=false box1" starts box1.
 */
static bool asks_only(char **word)
{
	if (!*word || strchr(*word, '='))
		return false;
	return is_one_of(*word, helps) || (!word[1] && is_one_of(*word, versions));
}

/**
 * runtime_parse - understand the command line of an OCI runtime
 * @argc: words
 * @argv: the words, the program's name first; @call points into them
 * @call: result
 *
 * Return: EXIT_OK, or EXIT_USAGE after a message.
 */
int runtime_parse(int argc, char **argv, struct runtime_call *call)
{
	char **word, **end;
	int ret;

	*call = (struct runtime_call){ 0 };
	ret = take_ours(argc, argv, call);
	if (ret)
		return ret;
	word = first_operand(call->argv + 1, global_values);
	end = word ? word : argv + argc;
	call->globals = (int)(end - call->argv) - 1;
	ret = take_globals(call, end);
	if (ret || !word)
		return ret;
	take_command(call, word);
	call->asks = asks_only(word + 1);
	if (call->asks)
		call->kind = RUNTIME_PASS;
	return EXIT_OK;
}

/**
 * runtime_label - the label of a container's domain
 * @id: of the container, or NULL
 * @name: result
 */
void runtime_label(const char *id, char name[NACC_NAME_LEN])
{
	char *c;

	snprintf(name, NACC_NAME_LEN, "%s", id && *id ? id : "container");
	for (c = name; *c; c++)
		if ((unsigned char)*c < ' ' || *c == 0x7f)
			*c = '?';
}
