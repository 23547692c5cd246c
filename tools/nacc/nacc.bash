# SPDX-License-Identifier: GPL-2.0
# bash completion for nacc(8)

_nacc_pids() {
	local d
	for d in /proc/[0-9]*; do
		echo "${d#/proc/}"
	done
}

_nacc_domains() {
	[ -r /proc/nacc/domains ] && awk 'NR > 1 { print $1 }' /proc/nacc/domains
}

_nacc_names() {
	[ -r /proc/nacc/domains ] && awk 'NR > 1 { print $5 }' /proc/nacc/domains
}

# Words that may follow a command
_nacc_words() {
	case $1 in
	doctor) echo --json ;;
	monitor) echo --json --journal ;;
	metrics) echo --textfile --http ;;
	top) echo --delay --once --json ;;
	ps) echo --engine --output --noheadings --json ;;
	audit) echo --learn --format --output --noheadings --json ;;
	run) echo --domain --name --forbid --gate --ptrace --allow --seal-text ;;
	gate) echo off audit enforce --ptrace --allow --json; _nacc_domains; _nacc_names ;;
	report)
		echo --machine --nonce --image --out --verify --key --reference --seals --json
		_nacc_domains
		_nacc_names
		;;
	syscalls) echo --json --format --output --noheadings; _nacc_domains; _nacc_names ;;
	mark) echo --cgroup --tree --domain --name --forbid --json; _nacc_pids ;;
	unmark) echo --all; _nacc_domains; _nacc_names ;;
	forbid) echo --start --end force-write pin; _nacc_domains; _nacc_names ;;
	seal)
		echo --text --list --output --noheadings --json
		_nacc_pids
		_nacc_domains
		_nacc_names
		;;
	quota) echo none --json; _nacc_domains; _nacc_names ;;
	protect) echo --system --off --json; compgen -f ;;
	stat) echo --hooks --output --noheadings --json; _nacc_domains; _nacc_names ;;
	apply) echo --file --check ;;
	setup) echo --undo --root podman docker containerd ;;
	dump) echo --leaves --json; _nacc_pids; _nacc_names ;;
	verify) echo --all --output --noheadings --json; _nacc_pids; _nacc_names ;;
	esac
}

_nacc() {
	local cur=${COMP_WORDS[COMP_CWORD]} cmd=${COMP_WORDS[1]} i
	local commands="doctor run mark unmark ps stat dump verify audit lock forbid quota protect gate seal syscalls report top monitor hook setup apply metrics"

	COMPREPLY=()
	if [ "$COMP_CWORD" -eq 1 ]; then
		mapfile -t COMPREPLY < <(compgen -W \
			"$commands help --help --version" -- "$cur")
		return
	fi
	if [ "$cmd" = help ]; then
		mapfile -t COMPREPLY < <(compgen -W "$commands" -- "$cur")
		return
	fi
	if [ "$cmd" = run ]; then
		for ((i = 2; i < COMP_CWORD; i++)); do
			case ${COMP_WORDS[i]} in
			--) i=$((i + 1)) ;;
			--name | --forbid | --domain | --gate | --allow) i=$((i + 1)); continue ;;
			-*) continue ;;
			esac
			if declare -F _command_offset >/dev/null; then
				_command_offset "$i"
			else
				mapfile -t COMPREPLY < <(compgen -cf -- "$cur")
			fi
			return
		done
	fi
	case ${COMP_WORDS[COMP_CWORD - 1]} in
	--name | --start | --end | --nonce | --image | --delay | -o | --output) return ;;
	--gate)
		mapfile -t COMPREPLY < <(compgen -W "audit enforce" -- "$cur")
		return
		;;
	--format)
		mapfile -t COMPREPLY < <(compgen -W oci-seccomp -- "$cur")
		return
		;;
	--allow | --file | --textfile | --out | --verify | --key | --reference | --seals)
		mapfile -t COMPREPLY < <(compgen -f -- "$cur")
		return
		;;
	--domain)
		mapfile -t COMPREPLY < <(compgen -W "$(_nacc_domains; _nacc_names)" -- "$cur")
		return
		;;
	--cgroup)
		mapfile -t COMPREPLY < <(compgen -d -- "${cur:-/sys/fs/cgroup/}")
		return
		;;
	--forbid)
		mapfile -t COMPREPLY < <(compgen -W \
			"force-write pin force-write,pin" -- "$cur")
		return
		;;
	esac
	if [ "$cmd" = run ] && [ "${cur#-}" = "$cur" ]; then
		mapfile -t COMPREPLY < <(compgen -c -- "$cur")
		return
	fi
	mapfile -t COMPREPLY < <(compgen -W "$(_nacc_words "$cmd") --help" -- "$cur")
}

complete -F _nacc nacc
