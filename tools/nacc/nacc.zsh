#compdef nacc
# SPDX-License-Identifier: GPL-2.0
# zsh completion for nacc(8).  Commands and options are what the command itself says of
# them, so they are those of the release that is installed.

_nacc_commands() {
	local -a found
	found=(${(f)"$(nacc --help 2>/dev/null |
		sed -n '/^Commands:/,/^$/s/^  \([a-z]\{1,\}\)  *\(.*\)/\1:\2/p')"})
	_describe -t commands 'nacc command' found
}

_nacc_options() {
	local -a found
	found=(${(fu)"$(nacc help $1 2>/dev/null | sed -n '1s/ \[-o / [--output /;1p' |
		grep -oe '--[a-z][a-z-]*')"} --help)
	compadd -a found
}

_nacc_domains() {
	local -a found
	[[ -r /proc/nacc/domains ]] &&
		found=(${(f)"$(awk 'NR > 1 { print $1 }' /proc/nacc/domains)"})
	compadd -a found
}

# Domains by name. Those that a terminal does not show as they are, that would be an option
# or another domain's ID, are left out: such a domain has its ID. compadd quotes them.
_nacc_names() {
	local -a found
	[[ -r /proc/nacc/domains ]] &&
		found=(${(f)"$(LC_ALL=C awk 'NR > 1 && $5 !~ /^-|^[0-9]+$|\\01|[^!-~]/ {
			gsub(/\\040/, " ", $5); gsub(/\\134/, "\\", $5); print $5 }' /proc/nacc/domains)"})
	compadd -a found
}

# The value of the option before the cursor; 1: it takes none
_nacc_value() {
	case $1 in
	--forbid) compadd force-write pin force-write,pin ;;
	--gate) compadd audit enforce ;;
	--domain) _nacc_domains; _nacc_names ;;
	--cgroup) _files -/ ;;
	--format) if [[ $2 == audit ]]; then compadd writers.d; else compadd oci-seccomp; fi ;;
	--allow | --out | --verify | --key | --reference | --seals | --file | --textfile) _files ;;
	--root) _files -/ ;;
	--name | --start | --end | --nonce | --image | --delay | --moment | -o | --output) _message value ;;
	*) return 1 ;;
	esac
}

# Of "nacc run" the place of the program, in program; 1: the cursor is before it
_nacc_program() {
	program=3
	while ((program < CURRENT)); do
		case ${words[program]} in
		--) ((program += 1)); return 0 ;;
		--name | --forbid | --domain | --gate | --allow) ((program += 2)) ;;
		-*) ((program += 1)) ;;
		*) return 0 ;;
		esac
	done
	return 1
}

_nacc() {
	local command=${words[2]} program

	if ((CURRENT == 2)); then
		_nacc_commands
		return
	fi
	if [[ $command == run ]] && _nacc_program; then
		shift $((program - 1)) words
		((CURRENT -= program - 1))
		_normal
		return
	fi
	_nacc_value ${words[CURRENT - 1]} $command && return
	if [[ ${words[CURRENT]} == -* ]]; then
		_nacc_options $command
		return
	fi
	case $command in
	help) _nacc_commands ;;
	run) shift 2 words; ((CURRENT -= 2)); _normal ;;
	mark) _pids; _nacc_options $command ;;
	dump | verify) _pids; _nacc_names; _nacc_options $command ;;
	unmark | stat | quota | syscalls | report) _nacc_domains; _nacc_names; _nacc_options $command ;;
	seal) _pids; _nacc_domains; _nacc_names ;;
	gate) _nacc_domains; _nacc_names; compadd off audit enforce ;;
	forbid) _nacc_domains; _nacc_names; compadd force-write pin ;;
	setup) compadd podman docker containerd ;;
	protect) _files; _nacc_options $command ;;
	*) _nacc_options $command ;;
	esac
}

_nacc "$@"
