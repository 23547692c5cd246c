# SPDX-License-Identifier: GPL-2.0
# The demonstration of "make demo": one program in two containers, one as ever and one marked, and
# the same attacks on both. What is said of it goes to two panes (tools/testing/run-demo); each
# line is what was seen, and is checked.
# shellcheck shell=sh disable=SC2154,SC3043
# shellcheck source=lib.sh
. scenarios/lib.sh
# shellcheck source=containers.sh
. scenarios/containers.sh

SECRET="the container's secret" OTHER="the attacker's page"

# step TITLE: it begins. left, right TEXT: a line for the pane without NACC, or with it.
step() { echo "DEMO step $*"; }
left() { printf '%s\n' "$*" | sed 's/^/DEMO left /'; }
right() { printf '%s\n' "$*" | sed 's/^/DEMO right /'; }
both() { left "$@"; right "$@"; }

# box NAME [WRAPPER...]: a container that runs the victim, and waits for words.
box() {
	local name="$1"
	shift
	bundle "$name" /nacc/bin/victim "$SECRET"
	mkfifo "$T/$name.words"
	"$@" crun run -b "$T/$name" "$name" <>"$T/$name.words" >"$T/$name.said" 2>&1 &
	eval "${name}_job=$!"
	is "container '$name' runs" 0 "$(wait_for 60 grep -q '^ready' "$T/$name.said"; echo $?)" || {
		sed 's/^/# | /' "$T/$name.said"
		finish
	}
	eval "${name}_pid=$(crun state "$name" | sed -n 's/.*"pid": *\([0-9]*\).*/\1/p') \
		${name}_va=$(field va "$(cat "$T/$name.said")")"
}

answered() { [ "$(wc -l <"$T/$1.said")" -gt "$2" ] || ! runs "$3"; }

# find NAME PID: what the program in there finds where its secret was.
find_in() {
	local before
	before=$(wc -l <"$T/$1.said")
	echo check >"$T/$1.words"
	wait_for 30 answered "$1" "$before" "$2"
	[ "$(wc -l <"$T/$1.said")" -gt "$before" ] || {
		echo "nothing: it has ended"
		return
	}
	case $(tail -n 1 "$T/$1.said") in
	intact) echo "$SECRET" ;;
	*) tail -n 1 "$T/$1.said" | sed 's/^sees //' ;;
	esac
}

# store REPORT: what became of one, in words.
store() { echo "a page-table entry at $(field addr "$1"): $(field store "$1"); it is $(field now "$1")"; }

load
load_attack
start_victim attacker "$OTHER"

step "The same program in two containers"
box without
box with nacc run --name demo --
left "# crun run box" "
process $without_pid"
right "# nacc run --name demo -- crun run box" "
process $with_pid
$(nacc ps -o domain,name,tables,comm)"
like "it is marked" "* demo *" "$(nacc ps --noheadings -o domain,name,pid)"

step "Where their page tables are"
pool_without=$(nacc dump "$without_pid" | grep 'In the pool' | xargs)
pool_with=$(nacc dump "$with_pid" | grep 'In the pool' | xargs)
left "in the kernel's memory, to which the kernel can write
$pool_without"
right "in memory that is read-only for the kernel: only the firmware writes it
$pool_with"
like "without: outside" "In the pool: 0, outside: [1-9]*" "$pool_without"
like "with: inside" "In the pool: [1-9]*, outside: 0" "$pool_with"

step "What each finds in its page"
saw_without=$(find_in without "$without_pid") saw_with=$(find_in with "$with_pid")
left "$saw_without"
right "$saw_with"
is "without" "$SECRET" "$saw_without"
is "with" "$SECRET" "$saw_with"

step "A bug in the kernel: one store of eight bytes to a page-table entry"
report_without=$(attack swap "$without_pid" "$without_va" "$attacker_pid" "$attacker_va")
report_with=$(attack swap "$with_pid" "$with_va" "$attacker_pid" "$attacker_va")
left "$(store "$report_without")"
right "$(store "$report_with")"
is "without: it is done" "done" "$(field store "$report_without")"
is "with: it is refused" refused "$(field store "$report_with")"

step "What each finds now"
saw_without=$(find_in without "$without_pid") saw_with=$(find_in with "$with_pid")
left "$saw_without"
right "$saw_with"
is "without: another's memory" "$OTHER" "$saw_without"
is "with: its own" "$SECRET" "$saw_with"

step "Who knows of it"
id=$(nacc ps --noheadings -o domain | sort -u | xargs)
is "without: nothing of it is on record" "$id" "$(nacc audit --noheadings -o domain | sort -u | xargs)"
left "nobody: nothing of it is on record, nor in the kernel's log"
is "without: nor in the kernel's log" 0 \
	"$(dmesg | grep "$(field addr "$report_without")\|pid=$without_pid\b" | wc -l)"
right "# nacc audit -o reason,domain,owner_comm,symbol
$(nacc audit -o reason,domain,owner_comm,symbol | sed -n '1p;$p')"
like "it is on record" "*provenance*store*nacc_attack*" "$(nacc audit --noheadings -o reason,symbol | tail -n 1)"
like "undone" "*failed=0*" "$(attack restore)"

step "Another bug: the program counter that the kernel keeps of a thread"
exits "the gate" 0 nacc gate demo enforce
right "# nacc gate demo enforce
$out"
# What it has when the gate is switched on is taken as it is: it has to come by once.
is "behind the gate: it is well" "$SECRET" "$(find_in with "$with_pid")"
report_without=$(attack regs "$without_pid" 0xdead000)
report_with=$(attack regs "$with_pid" 0xdead000)
both "the saved pc is overwritten: 0xdead000"
like "without: stored" "*old=0x*" "$report_without"
like "with: stored" "*old=0x*" "$report_with"

step "What each does next"
saw_without=$(find_in without "$without_pid") saw_with=$(find_in with "$with_pid")
left "$saw_without"
wait "$without_job" 2>/dev/null
status=$?
left "exit status $status: it went where the attacker said, and died there"
right "$saw_with
$(nacc audit | grep 'should have been' | tail -n 1 | sed 's/^[0-9]*: //')"
is "without: it has ended" "nothing: it has ended" "$saw_without"
is "without: by a segmentation fault" 139 "$status"
is "with: it goes on where it was" "$SECRET" "$saw_with"

echo quit >"$T/with.words"
wait "$with_job"
is "with: it ends as it would" 0 $?
end_victim attacker
rmmod nacc_attack
pool_all_free
unload
kernel_log_clean
finish
