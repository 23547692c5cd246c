// SPDX-License-Identifier: GPL-2.0
/*
 * Lists of system calls as seccomp profiles, as the OCI and container engines have them.
 *
 * The firmware looks at numbers only, so of what a profile can say some cannot be done: that
 * is said, and what is done instead.
 */
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>

#include <linux/nacc.h>

#include "calls.h"
#include "cmd.h"
#include "out.h"

#define ARCH		"SCMP_ARCH_RISCV64"

/* What one sentence names, at most */
#define NAMED		8
#define NAMES		256

/**
 * struct names - what a sentence is about
 * @nr: how many
 * @text: the first of them, by commas
 */
struct names {
	unsigned int nr;
	char text[NAMES];
};

/**
 * struct profile - what has been read of one
 * @path: where it is
 * @json: all of it
 * @allowed: calls that it allows
 * @denied: calls that it does not
 * @args: calls whose arguments it asks for
 * @asked: calls of which somebody else decides
 * @strange: names that are none of riscv64's
 * @caps: capabilities without which rules are left out
 */
struct profile {
	const char *path;
	struct json_object *json;
	__u64 allowed[NACC_CALLS / 64];
	__u64 denied[NACC_CALLS / 64];
	__u64 args[NACC_CALLS / 64];
	__u64 asked[NACC_CALLS / 64];
	struct names strange;
	struct names caps;
};

enum what { DENY, ALLOW, ASK, NOTHING };

/* What an action comes to below the kernel */
static const struct {
	const char *name;
	enum what what;
} actions[] = {
	{ "SCMP_ACT_ALLOW", ALLOW }, { "SCMP_ACT_ERRNO", DENY }, { "SCMP_ACT_KILL", DENY },
	{ "SCMP_ACT_KILL_THREAD", DENY }, { "SCMP_ACT_KILL_PROCESS", DENY },
	{ "SCMP_ACT_TRAP", DENY }, { "SCMP_ACT_LOG", ASK }, { "SCMP_ACT_TRACE", ASK },
	{ "SCMP_ACT_NOTIFY", ASK },
};

/* What engines give a container by itself, docker and podman alike */
static const char *const usual_caps[] = {
	"CAP_CHOWN", "CAP_DAC_OVERRIDE", "CAP_FOWNER", "CAP_FSETID", "CAP_KILL",
	"CAP_NET_BIND_SERVICE", "CAP_SETFCAP", "CAP_SETGID", "CAP_SETPCAP", "CAP_SETUID",
	"CAP_SYS_CHROOT",
};

static struct json_object *member(struct json_object *obj, const char *key)
{
	struct json_object *val = NULL;

	json_object_object_get_ex(obj, key, &val);
	return val;
}

static enum what action_of(struct json_object *obj)
{
	size_t i;

	if (json_object_is_type(obj, json_type_string))
		for (i = 0; i < ARRAY_SIZE(actions); i++)
			if (!strcmp(json_object_get_string(obj), actions[i].name))
				return actions[i].what;
	return NOTHING;
}

static void add_name(struct names *names, const char *name)
{
	const size_t len = strlen(names->text);

	if (names->nr++ < NAMED)
		snprintf(names->text + len, NAMES - len, "%s%.40s", len ? ", " : "", name);
}

/* Once each */
static void add_once(struct names *names, const char *name)
{
	if (!strstr(names->text, name))
		add_name(names, name);
}

static const char *more(const struct names *names)
{
	return names->nr > NAMED ? ", ..." : "";
}

static bool is_usual(const char *cap)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(usual_caps); i++)
		if (!strcmp(cap, usual_caps[i]))
			return true;
	return false;
}

/* String number @i of a list in a condition, or NULL behind the last, or if it is none */
static const char *string_at(struct json_object *list, size_t i)
{
	struct json_object *one = NULL;

	if (json_object_is_type(list, json_type_array) && i < json_object_array_length(list))
		one = json_object_array_get_idx(list, i);
	return json_object_is_type(one, json_type_string) ? json_object_get_string(one) : NULL;
}

static bool has_string(struct json_object *list, const char *text)
{
	const char *one;
	size_t i;

	for (i = 0; (one = string_at(list, i)); i++)
		if (!strcmp(one, text))
			return true;
	return false;
}

/* A condition that cannot be understood must not be one that is met. */
static bool is_list(struct json_object *list)
{
	size_t i;

	for (i = 0; string_at(list, i);)
		i++;
	return !list || (json_object_is_type(list, json_type_array) &&
			 i == json_object_array_length(list));
}

/* As engines have it: two numbers */
static bool read_version(const char *text, unsigned int version[2])
{
	return sscanf(text, "%u.%u", &version[0], &version[1]) == 2;
}

static bool is_version(struct json_object *version)
{
	unsigned int numbers[2];

	return !version || (json_object_is_type(version, json_type_string) &&
			    read_version(json_object_get_string(version), numbers));
}

static bool is_condition(struct json_object *cond)
{
	return !cond || (json_object_is_type(cond, json_type_object) &&
			 is_list(member(cond, "arches")) && is_list(member(cond, "caps")) &&
			 is_version(member(cond, "minKernel")));
}

/* Whether a condition names a version that this kernel has */
static bool kernel_has(struct json_object *cond)
{
	struct json_object *version = member(cond, "minKernel");
	unsigned int want[2], have[2];
	struct utsname name;

	if (!version || uname(&name) || !read_version(name.release, have) ||
	    !read_version(json_object_get_string(version), want))
		return false;
	return have[0] > want[0] || (have[0] == want[0] && have[1] >= want[1]);
}

/* Whether a rule is for this machine, and for a container with the capabilities that are usual */
static bool applies(struct profile *p, struct json_object *rule, enum what what)
{
	struct json_object *in = member(rule, "includes"), *out = member(rule, "excludes");
	struct json_object *arches;
	const char *cap;
	size_t i;

	arches = member(in, "arches");
	if (arches && json_object_array_length(arches) && !has_string(arches, "riscv64"))
		return false;
	if (has_string(member(out, "arches"), "riscv64"))
		return false;
	if ((member(in, "minKernel") && !kernel_has(in)) || kernel_has(out))
		return false;
	for (i = 0; (cap = string_at(member(out, "caps"), i)); i++)
		if (is_usual(cap))
			return false;
	for (i = 0; (cap = string_at(member(in, "caps"), i)); i++) {
		if (is_usual(cap))
			continue;
		if (what != DENY)
			add_once(&p->caps, cap);
		return false;
	}
	return true;
}

static bool has_args(struct json_object *rule)
{
	struct json_object *args = member(rule, "args");

	return args && json_object_array_length(args);
}

static void take_name(struct profile *p, const char *name, enum what what, bool args)
{
	unsigned int nr;

	/* A number is a name in lists of ours, and to no engine. */
	if (isdigit((unsigned char)*name) || !call_find(name, &nr)) {
		add_name(&p->strange, name);
		return;
	}
	if (args)
		calls_add(p->args, nr);
	if (what == ASK)
		calls_add(p->asked, nr);
	/* What is refused with some arguments only is not refused here. */
	if (what != DENY)
		calls_add(p->allowed, nr);
	else if (!args)
		calls_add(p->denied, nr);
}

/* Return: what is wrong with a rule, or NULL. */
static const char *fault_of(struct json_object *rule)
{
	struct json_object *names = member(rule, "names"), *name = member(rule, "name");
	struct json_object *args = member(rule, "args");

	if (!json_object_is_type(rule, json_type_object))
		return "a rule is no object";
	if (action_of(member(rule, "action")) == NOTHING ||
	    !json_object_is_type(names ? names : name, names ? json_type_array : json_type_string))
		return "a rule has no names, or no action that is known";
	if (!is_list(names))
		return "a name is no string";
	if (!is_condition(member(rule, "includes")) || !is_condition(member(rule, "excludes")) ||
	    (args && !json_object_is_type(args, json_type_array)))
		return "a condition cannot be understood";
	return NULL;
}

/* What a call is answered with, where that is said */
static int64_t errno_in(struct json_object *obj, const char *key)
{
	struct json_object *val = member(obj, key);

	return val ? json_object_get_int64(val) : EPERM;
}

/* Engines leave out a rule that says what the default does: another one may allow the call. */
static bool is_default(const struct profile *p, struct json_object *rule)
{
	const char *action = json_object_get_string(member(p->json, "defaultAction"));

	return !strcmp(json_object_get_string(member(rule, "action")), action) &&
	       (strcmp(action, "SCMP_ACT_ERRNO") ||
		errno_in(rule, "errnoRet") == errno_in(p->json, "defaultErrnoRet"));
}

static int take_rule(struct profile *p, struct json_object *rule)
{
	const enum what what = action_of(member(rule, "action"));
	struct json_object *names = member(rule, "names");
	const char *fault = fault_of(rule), *name;
	size_t i;

	if (fault)
		return nacc_fail(EXIT_USAGE, "%s: %s", p->path, fault);
	if (!applies(p, rule, what) || is_default(p, rule))
		return EXIT_OK;
	/* As it was before there were lists */
	if (!names)
		take_name(p, json_object_get_string(member(rule, "name")), what, has_args(rule));
	for (i = 0; (name = string_at(names, i)); i++)
		take_name(p, name, what, has_args(rule));
	return EXIT_OK;
}

/* Of "archMap" and "architectures" whichever is there */
static bool is_ours(struct json_object *profile)
{
	struct json_object *list = member(profile, "architectures"), *one;
	struct json_object *map = member(profile, "archMap");
	size_t i;

	if (list && (!json_object_is_type(list, json_type_array) || json_object_array_length(list)))
		return has_string(list, ARCH);
	if (!map)
		return true;
	if (!json_object_is_type(map, json_type_array))
		return false;
	if (!json_object_array_length(map))
		return true;
	for (i = 0; i < json_object_array_length(map); i++) {
		one = member(json_object_array_get_idx(map, i), "architecture");
		if (json_object_is_type(one, json_type_string) &&
		    !strcmp(json_object_get_string(one), ARCH))
			return true;
	}
	return false;
}

static int check_profile(struct json_object *profile, const char *path)
{
	struct json_object *action = member(profile, "defaultAction");

	if (!json_object_is_type(action, json_type_string) ||
	    !json_object_is_type(member(profile, "syscalls"), json_type_array))
		return nacc_fail(EXIT_USAGE,
				 "%s is JSON, but no seccomp profile: defaultAction and syscalls are missing",
				 path);
	if (action_of(action) == NOTHING)
		return nacc_fail(EXIT_USAGE, "%s: '%.100s' is no action that is known", path,
				 json_object_get_string(action));
	if (action_of(action) != DENY)
		return nacc_fail(EXIT_USAGE,
				 "%s allows what it does not name: give a list of what is allowed",
				 path);
	if (!is_ours(profile))
		return nacc_fail(EXIT_USAGE,
				 "%s is not for riscv64: " ARCH " is not among its architectures",
				 path);
	return EXIT_OK;
}

static void warn_of(const struct profile *p, const __u64 *list, const char *what)
{
	struct names names = { 0 };
	char text[CALL_TEXT];
	unsigned int nr;

	for (nr = 0; nr < NACC_CALLS; nr++)
		if (calls_has(list, nr) && calls_has(p->allowed, nr))
			add_name(&names, call_text(nr, text));
	if (names.nr)
		nacc_fail(0, "warning: %s: %s: %s%s", p->path, what, names.text, more(&names));
}

/* What is not as the profile says */
static void tell(const struct profile *p)
{
	warn_of(p, p->args,
		"the firmware does not look at arguments, so it lets these pass with any");
	warn_of(p, p->asked, "what is to be logged, traced or asked about only passes here");
	if (p->caps.nr)
		nacc_fail(0,
			  "warning: %s: what it allows with a capability that containers do not have by themselves is left out: %s%s",
			  p->path, p->caps.text, more(&p->caps));
	if (p->strange.nr)
		nacc_fail(0,
			  "warning: %s: %u names are no system calls of riscv64, and left out: %s%s",
			  p->path, p->strange.nr, p->strange.text, more(&p->strange));
}

static int take_rules(struct profile *p)
{
	struct json_object *rules = member(p->json, "syscalls");
	size_t i;
	int ret = EXIT_OK;

	for (i = 0; i < json_object_array_length(rules) && !ret; i++)
		ret = take_rule(p, json_object_array_get_idx(rules, i));
	for (i = 0; i < NACC_CALLS / 64; i++)
		p->allowed[i] &= ~p->denied[i];
	return ret;
}

/* All of the text, and nothing behind it */
static struct json_object *parse_json(const char *text)
{
	struct json_tokener *tokener = json_tokener_new();
	struct json_object *obj;
	size_t end;

	if (!tokener)
		return NULL;
	obj = json_tokener_parse_ex(tokener, text, (int)strlen(text));
	end = json_tokener_get_parse_end(tokener);
	json_tokener_free(tokener);
	if (!obj || !text[end + strspn(text + end, " \t\r\n")])
		return obj;
	json_object_put(obj);
	return NULL;
}

/**
 * profile_read - read a seccomp profile
 * @allowed: result: what it allows
 * @text: the profile
 * @path: where that is from
 *
 * Return: EXIT_OK, perhaps after warnings, or another exit status after a message.
 */
int profile_read(__u64 allowed[NACC_CALLS / 64], const char *text, const char *path)
{
	struct profile p = { .path = path, .json = parse_json(text) };
	int ret;

	if (!p.json)
		return nacc_fail(EXIT_USAGE, "%s: no JSON, though it begins with '{'", path);
	ret = check_profile(p.json, path);
	if (!ret)
		ret = take_rules(&p);
	if (!ret)
		tell(&p);
	json_object_put(p.json);
	memcpy(allowed, p.allowed, sizeof(p.allowed));
	return ret;
}
