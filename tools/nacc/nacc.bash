# SPDX-License-Identifier: GPL-2.0
# bash completion for nacc(8)
#
# What others have named (domains, files, cgroups, programs) is never a word of this shell:
# nothing here expands it ("compgen -W" would), and what is put on the line is quoted.

# Domains by name. Those that a terminal does not show as they are, that would be an option
# or another domain's ID, are left out: such a domain has its ID.
_nacc_names() {
	[ -r /proc/nacc/domains ] && LC_ALL=C awk 'NR > 1 && $5 !~ /^-|^[0-9]+$|\\01|[^!-~]/ {
		gsub(/\\040/, " ", $5); gsub(/\\134/, "\\", $5); print $5 }' /proc/nacc/domains
}

# What the word at the cursor says so far: into open its quote, into plain the rest
_nacc_dequote() {
	local rest=$1

	open='' plain=''
	case $rest in
	[\'\"]*) open=${rest:0:1} rest=${rest:1} ;;
	esac
	if [ "$open" = "'" ]; then
		plain=$rest
		return
	fi
	while [[ $rest == *\\* ]]; do
		plain+=${rest%%\\*}
		rest=${rest#*\\}
		plain+=${rest:0:1}
		rest=${rest:1}
	done
	plain+=$rest
}

# Of these words, which are plain ones, those that fit
_nacc_offer() {
	local word

	for word; do
		[[ $word == "$plain"* ]] && COMPREPLY+=("$word")
	done
}

# Of what others have named, one a line on standard input, those that fit, quoted
_nacc_offer_lines() {
	local name quoted

	while IFS= read -r name; do
		[[ $name == "$plain"* ]] || continue
		if [ -z "$open" ]; then
			LC_ALL=C printf -v quoted %q "$name"
			COMPREPLY+=("$quoted")
		elif [[ $name != *[\'\"\$\`\\!]* ]]; then
			# Who opened a quote gets what can stand in it.
			COMPREPLY+=("$name")
		fi
	done
}

_nacc_offer_domains() {
	local id rest

	if [ -r /proc/nacc/domains ]; then
		while read -r id rest; do
			[[ $id == [0-9]* ]] && _nacc_offer "$id"
		done </proc/nacc/domains
	fi
	_nacc_offer_lines < <(_nacc_names)
}

_nacc_offer_pids() {
	local d

	for d in /proc/[0-9]*; do
		_nacc_offer "${d#/proc/}"
	done
}

# Files, which readline itself finds and quotes
_nacc_offer_files() {
	compopt -o default 2>/dev/null
}

_nacc_offer_programs() {
	case $plain in
	*/*) _nacc_offer_files ;;
	*) _nacc_offer_lines < <(compgen -c -- "$plain" | sort -u) ;;
	esac
}

# Words that may follow a command
_nacc_offer_words() {
	case $1 in
	doctor) _nacc_offer --json ;;
	monitor) _nacc_offer --json --journal ;;
	metrics) _nacc_offer --textfile --http ;;
	top) _nacc_offer --delay --once --json ;;
	ps) _nacc_offer --engine --output --noheadings --json ;;
	audit) _nacc_offer --learn --format --output --noheadings --json ;;
	run) _nacc_offer --domain --name --forbid --gate --ptrace --allow --seal-text ;;
	gate) _nacc_offer off audit enforce --ptrace --no-ptrace --allow --no-allow --json; _nacc_offer_domains ;;
	report)
		_nacc_offer --machine --nonce --image --out --verify --key --reference --seals --json
		_nacc_offer_domains
		;;
	syscalls) _nacc_offer --json --since --moment --record --stop --format --output --noheadings; _nacc_offer_domains ;;
	mark) _nacc_offer --cgroup --tree --domain --name --forbid --json; _nacc_offer_pids ;;
	unmark) _nacc_offer --all; _nacc_offer_domains ;;
	forbid) _nacc_offer --start --end force-write pin; _nacc_offer_domains ;;
	seal)
		_nacc_offer --text --list --output --noheadings --json
		_nacc_offer_pids
		_nacc_offer_domains
		;;
	quota) _nacc_offer none --json; _nacc_offer_domains ;;
	protect) _nacc_offer --system --off --json; [ ${#COMPREPLY[@]} = 0 ] && _nacc_offer_files ;;
	stat) _nacc_offer --hooks --output --noheadings --json; _nacc_offer_domains ;;
	apply) _nacc_offer --file --check --enabled ;;
	setup) _nacc_offer --undo --root podman docker containerd ;;
	dump) _nacc_offer --leaves --json; _nacc_offer_pids; _nacc_offer_lines < <(_nacc_names) ;;
	verify)
		_nacc_offer --all --output --noheadings --json
		_nacc_offer_pids
		_nacc_offer_lines < <(_nacc_names)
		;;
	esac
}

# The value of the option before the cursor; 1: it takes none
_nacc_offer_value() {
	case $1 in
	--name | --start | --end | --nonce | --image | --delay | --moment | -o | --output) ;;
	--gate) _nacc_offer audit enforce ;;
	--format) if [ "$cmd" = audit ]; then _nacc_offer writers.d; else _nacc_offer oci-seccomp; fi ;;
	--allow | --file | --textfile | --out | --verify | --key | --reference | --seals | --root)
		_nacc_offer_files
		;;
	--domain) _nacc_offer_domains ;;
	--cgroup) compopt -o dirnames 2>/dev/null ;;
	--forbid) _nacc_offer force-write pin force-write,pin ;;
	*) return 1 ;;
	esac
}

# Of "nacc run" the place of the program, in i; 1: the cursor is before it
_nacc_program() {
	for ((i = 2; i < COMP_CWORD; i++)); do
		case ${COMP_WORDS[i]} in
		--) i=$((i + 1)) ;;
		--name | --forbid | --domain | --gate | --allow) i=$((i + 1)); continue ;;
		-*) continue ;;
		esac
		return 0
	done
	return 1
}

_nacc() {
	local cur=${COMP_WORDS[COMP_CWORD]} cmd=${COMP_WORDS[1]} open plain i
	local IFS=$' \t\n'
	local commands="doctor run mark unmark ps stat dump verify audit lock forbid quota protect gate seal syscalls report top monitor hook setup apply metrics"

	COMPREPLY=()
	_nacc_dequote "$cur"
	if [ "$COMP_CWORD" -eq 1 ]; then
		# shellcheck disable=SC2086 # words
		_nacc_offer $commands help --help --version
	elif [ "$cmd" = help ]; then
		# shellcheck disable=SC2086
		_nacc_offer $commands
	elif [ "$cmd" = run ] && _nacc_program; then
		if declare -F _command_offset >/dev/null; then
			_command_offset "$i"
		elif [ "$i" = "$COMP_CWORD" ]; then
			_nacc_offer_programs
		else
			_nacc_offer_files
		fi
	elif ! _nacc_offer_value "${COMP_WORDS[COMP_CWORD - 1]}"; then
		if [ "$cmd" = run ] && [[ $plain != -* ]]; then
			_nacc_offer_programs
		else
			_nacc_offer_words "$cmd"
			_nacc_offer --help
		fi
	fi
}

complete -F _nacc nacc
