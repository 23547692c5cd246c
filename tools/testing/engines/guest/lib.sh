# SPDX-License-Identifier: GPL-2.0
# Shared by the engines' scripts (sourced; bash): what stands in a cell of the table, and
# what every engine is asked.
# shellcheck shell=bash disable=SC2034,SC2154
# shellcheck source=../../scenarios/lib.sh
. scenarios/lib.sh

# --- cells of the table -----------------------------------------------------------

# column NAME: what is checked from here on belongs to this column of the engine's row.
# row NAME: and to this row; a new row has no column yet.
row() { end_column; row_name=$1; }
column() {
	end_column
	column_name=$1 column_checks=$checks column_failures=$failures
	begin=$(now)
}

end_column() {
	[ -n "$column_name" ] || return 0
	local seconds=$(($(cut -d. -f1 /proc/uptime) - begin))
	if [ "$failures" -gt "$column_failures" ]; then
		echo "CELL|$row_name|$column_name|FAILED|$((failures - column_failures)) of $((checks - column_checks)) checks|$seconds s"
	elif [ "$checks" -gt "$column_checks" ]; then
		echo "CELL|$row_name|$column_name|ok|$((checks - column_checks)) checks|$seconds s"
	else
		echo "CELL|$row_name|$column_name|FAILED|nothing was checked|$seconds s"
	fi
	column_name=
}

# none COLUMN REASON: this engine has no such thing.
none() {
	end_column
	echo "CELL|$row_name|$1|none|$2|"
}

# say what a command said, when a check of it has failed
told() { sed 's/^/# | /'; }

# --- what every engine is asked --------------------------------------------------------


# another_pid NAME PID: by the engine's pid_of it runs, and is not that process.
another_pid() { local p; p=$(pid_of "$1"); [ "${p:-0}" -gt 0 ] && [ "$p" != "$2" ]; }

# protected TEXT PID: it is in a domain, and the firmware and its tables agree.
protected() {
	local d
	d=$(domain_of "$2")
	at_least "$1: process $2 is in a domain" 1 "${d:-0}" || nacc ps | told
	verified "$1: its tables are in order" "$2"
}

# cgroup_of PID: its directory.
cgroup_of() { echo "/sys/fs/cgroup$(cut -d: -f3 "/proc/$1/cgroup")"; }

# all_protected TEXT PID: so is whoever else is in its cgroup, in the same domain.
all_protected() {
	local d other
	protected "$1" "$2"
	d=$(domain_of "$2")
	part "$1: it is in its cgroup" "$2" "$(grep -x "$2" "$(cgroup_of "$2")/cgroup.procs")"
	while read -r other; do
		part "$1: process $other" "domain ${d:-, but there is none}" "domain $(domain_of "$other")"
	done <"$(cgroup_of "$2")/cgroup.procs"
	whole "$1: all in its cgroup are in its domain"
}

# labelled TEXT ID PID: it is in a domain with that name.
labelled() {
	local d
	d=$(domain_of "$3")
	is "$1" "$(echo "$2" | cut -c1-31)" "$(label_of "${d:-none}")"
}

# same_domain TEXT PID OTHER: both are in one domain.
same_domain() {
	local d
	d=$(domain_of "$2")
	is "$1" "domain ${d:-, but there is none}" "domain $(domain_of "$3")"
}

# process ARGS: the last process of that command line, once there is one.
process() {
	wait_for 60 pgrep -x -f "$1" >/dev/null
	pgrep -x -f "$1" | tail -n 1
}

# stack_entry PID: "slot=... value=..." of the entry of a page of its stack.
stack_entry() {
	local top
	top=$(awk '/\[stack\]/ { split($1, a, "-"); print "0x" a[2] }' "/proc/$1/maps")
	entry "$1" "$(hex $((top - 0x1000)))" 0
}

# attacked TEXT PID WANTED: a store by a module to an entry of its tables, which makes a page
# of its stack executable; WANTED is "done" or "refused".
attacked() {
	local e value report
	e=$(stack_entry "$2")
	value=$(field value "$e")
	report=$(attack poke sd "$(field slot "$e")" "$(hex $((value | 8)))")
	is "$1" "$3" "$(field store "$report")"
	attack restore >/dev/null
}

# attack_refused PID TWIN: the same store, in a protected container and in one beside it that
# is not; the container goes on.
attack_refused() {
	load_attack
	local before after
	before=$(stat refused)
	attacked "unprotected: a stray store to its page table is done" "$2" "done"
	attacked "protected: the same store is refused" "$1" refused
	after=$(stat refused)
	is "one store was refused" 1 $((after - before))
	like "nacc audit shows it" "*nacc_attack*" "$(nacc audit | grep nacc_attack | tail -n 1)"
	is "the container lives" yes "$(runs "$1" && echo yes)"
	verified "its tables are in order" "$1"
}

# shown_unprotected ID...: nacc ps --engine shows these, and no other.
shown_unprotected() {
	is "nacc ps --engine shows what is not protected, and nothing else" \
		"$(printf '%s\n' "$@" | cut -c1-12 | sort)" \
		"$(nacc ps --engine | awk 'NR > 1 { print $7 }' | sort)"
}

# frames_back: nothing of the containers is left in the pool.
frames_back() { pool_all_free; }

# does_not_start COMMAND...: without the module it fails, nothing of it runs, and the engine
# says why.
does_not_start() {
	unload
	starts_nothing "$@"
	like "the engine says why" "*/dev/nacc is missing: load the module first*" "$(cat $T/out)"
}

starts_nothing() {
	local rc
	"$@" >$T/out 2>&1
	rc=$?
	unlike "it does not start" "0 *" "$rc "
	unlike "nothing of it ran" "*hello*" "$(grep -v nacc $T/out)"
}

uid_of() { awk '$1 == "Uid:" { print $2 }' "/proc/$1/status"; }

# as_user COMMAND...: as an ordinary user with a session of his own.
as_user() {
	setpriv --reuid 1000 --regid 1000 --init-groups env HOME=/home/user USER=user \
		XDG_RUNTIME_DIR=/run/user/1000 DBUS_SESSION_BUS_ADDRESS=unix:path=/run/user/1000/bus \
		"$@"
}

# finish_engine: like finish, with the last cell.
finish_engine() { end_column; finish; }

loaded || load
