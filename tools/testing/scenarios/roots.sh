# SPDX-License-Identifier: GPL-2.0
# Only the firmware chooses the root of a marked process (I14): each attack on a root,
# and beside it the nearest thing that must work.
# shellcheck shell=sh disable=SC2154,SC3043
# shellcheck source=lib.sh
. scenarios/lib.sh

# Other processes run, so that each CPU has to come back to those that are attacked.
stir() {
	local n
	for n in 1 2 3 4 5 6 7 8; do
		/bin/true
		(:)
	done
}

# killed TEXT NAME: it was, and at once: it has not answered.
killed() {
	eval "wait \$${2}_pid" 2>/dev/null
	is "$1" 137 $?
	case $2 in
	victim) exec 4>&- 5<&- ;;
	attacker) exec 6>&- 7<&- ;;
	esac
}

reasons() { stat "refused_$1"; }
page_of() { hex $((($(field value "$(entry "$1" "$2" 0)") & 0x3ffffffffffc00) >> 10 << 12)); }
info() { field value "$(attack ecall 0 "$1" "$2" 0 0 0 0)"; }
guard() { info 17 0; }

load
load_attack
like "where the kernel writes satp is known" "firmware (nothing is marked)" "$(status roots)"
is "nothing is marked: nothing is guarded" 0x0 "$(guard)"
is "and code that is no site loads what it likes" "$(root_of $$)" \
	"$(field got "$(attack satp "$(root_of $$)")")"

if grep -q '^isa.*: *rv64[a-z]*h' /proc/cpuinfo; then
	exits "nothing is marked: KVM is loaded" 0 insmod /nacc/kvm.ko
	exits "and unloaded" 0 rmmod kvm
fi
start_victim attacker "the attacker's data"
start_victim victim "the victim's own data"
report=$(attack rootmap "$victim_pid" "$victim_va" "$(page_of "$attacker_pid" "$attacker_va")")
stir
is "unmarked: forged tables are walked" "sees the attacker's data" "$(ask victim check)"
attack rootset "$victim_pid" "$(field old "$report")" >/dev/null
stir
is "unmarked: it has its own again" intact "$(ask victim check)"

mark "$victim_pid"
is "marked: roots are chosen by the firmware" firmware "$(status roots)"
like "marked: one root is bound" 0x5 "$(guard)"
own=$(root_of "$victim_pid")
stir
exits "marked: nacc verify --all: all agree" 0 nacc verify --all
is "marked: it knows what each hart has" 2 "$(grep -c '^hart' /proc/nacc/roots)"
is "marked: switched to and from: intact" "intact written intact" \
	"$(ask victim check) $(ask victim write) $(ask victim check)"
report=$(attack borrow "$victim_pid" "$victim_va")
is "marked: a kernel thread borrows its mm" "0x0 $own" "$(hex $(($(field err "$report")))) $(field root "$report")"
like "and reads what is there" "*seen=the victim's own data!" "$report"
is "marked: no root was refused" "0 0" "$(reasons root-forged) $(reasons root-foreign)"

say "a forged root"
report=$(attack rootmap "$victim_pid" "$victim_va" "$(page_of "$attacker_pid" "$attacker_va")")
like "forged tables in mm->pgd" "old=$own new=0x*" "$report"
stir
unlike "forged: the victim never sees the attacker's page" "*sees*" "$(ask victim check 2>/dev/null)"
killed "forged: it is killed" victim
at_least "forged: it was refused" 1 "$(reasons root-forged)"
nacc audit | tail -n 3 | sed 's/^/# | /'
like "forged: the record names domain and process" "*root-forged*$domain*" "$(nacc audit --json)"
dmesg | grep 'named the root' | sed 's/^/# | /'
like "forged: the kernel log says who" "*victim?$victim_pid? named the root at*: killed (root-forged)" \
	"$(dmesg | grep 'named the root' | tail -n 1)"
pool_all_free

say "a foreign root"
start_victim victim "the victim's own data"
mark "$victim_pid"
own=$(root_of "$victim_pid")
attack rootset "$attacker_pid" "$own" >/dev/null
exits "foreign: nacc verify --all sees it before anyone runs on it" 1 nacc verify --all
stir
ask attacker write >/dev/null 2>&1
killed "foreign: who named it is killed" attacker
at_least "foreign: it was refused" 1 "$(reasons root-foreign)"
nacc audit | tail -n 3 | sed 's/^/# | /'
is "foreign: the victim is intact" "intact protected intact" \
	"$(ask victim check) $(ask victim protect) $(ask victim check)"
verified "foreign: its tables are in order" "$victim_pid"

say "by one of two processes that share it"
/nacc/bin/sharer >$T/sharer &
sharer=$!
wait_for 10 grep -q ready $T/sharer
other=$(field other "$(cat $T/sharer)")
sleep 0.2
is "two processes with one address space run" "$(root_of $sharer)" "$(root_of "$other")"
attack rootset $sharer "$own" >/dev/null
wait $sharer
is "foreign: who named it is killed" 137 $?
ended() { ! runs "$other"; }
exits "and so is the other, which does not run" 0 wait_for 5 ended
like "which the kernel log says" "*sharer?$other? is ended*" "$(dmesg)"
is "the victim is intact" "intact protected intact" \
	"$(ask victim check) $(ask victim protect) $(ask victim check)"

say "code that is no site"
kernel=$(field kernel "$(attack rootof $$)")
report=$(attack satp "$kernel")
is "the kernel's root is loaded" "$kernel" "$(field got "$report")"
before=$(reasons root-foreign)
(attack satp "$own") >/dev/null 2>&1
is "a bound root is not, and who tried is killed" 137 $?
report=$(cat /sys/kernel/debug/nacc-attack/result)
say "$report"
is "the CPU keeps what it has" "$(field old "$report")" "$(field got "$report")"
is "which is on record" $((before + 1)) "$(reasons root-foreign)"
is "the victim goes on" intact "$(ask victim check)"
end_victim victim
pool_all_free
forged_before=$(reasons root-forged)
say "harts that leave, come back, and sleep"
cpu1=/sys/devices/system/cpu/cpu1/online
start_victim victim "the victim's own data"
mark "$victim_pid"
satps() { echo "$(info 18 0) $(info 18 1)"; }
unlike "guarded: the firmware knows what each hart has" "*0x0*" "$(satps)"
is "and how many there are" -3 "$(field error "$(attack ecall 0 18 2 0 0 0 0)")"
if grep -q '^isa.*: *rv64[a-z]*h' /proc/cpuinfo; then
	exits "marked: KVM is not loaded" 16 insmod /nacc/kvm.ko
	say "$out"
	like "marked: the kernel log says why" "*kvm cannot be loaded while something is marked*" "$(dmesg)"
fi
start_ready $T/threads nacc run -- /nacc/bin/threads --threads 4 --seconds 6
threads=$started
for round in 1 2; do
	exits "round $round: unplug" 0 sh -c "echo 0 >$cpu1"
	exits "round $round: replug" 0 sh -c "echo 1 >$cpu1"
done
for type in 0 0x80000000; do
	report=$(attack nap $type)
	is "HART_SUSPEND $type: each hart has slept and is back" "cpus=2 woken=2 error=0" \
		"cpus=$(field cpus "$report") woken=$(field woken "$report") error=$(field error "$report")"
done
wait $threads
is "marked threads did not notice" 0 $?
stir
is "nor did the victim" "intact protected intact" \
	"$(ask victim check) $(ask victim protect) $(ask victim check)"
for cpu in 0 1; do
	(attack satpon $cpu "$(root_of "$victim_pid")") >/dev/null 2>&1
	report=$(cat /sys/kernel/debug/nacc-attack/result)
	is "CPU $cpu is guarded: it keeps what it has" "$(field old "$report")" "$(field got "$report")"
done
end_victim victim
pool_all_free
is "no root of those that are right was refused" "$forged_before" "$(reasons root-forged)"

say "forged while it runs, and nobody switches to it"
# looper VERB...: what is done to it before it is told to go on; its exit status in $rc.
looper() {
	printf '\0' >$T/go
	start_ready $T/looper /nacc/bin/looper $T/go
	looper=$started
	mark $looper
	"$@"
	printf '\1' | dd of=$T/go conv=notrunc 2>/dev/null
	wait $looper
	rc=$?
}
forge_looper() { attack rootmap $looper "$(field va "$(cat $T/looper)")" "$(field page "$(attack page)")" >/dev/null; }
rt=$(cat /proc/sys/kernel/sched_rt_runtime_us)
echo -1 >/proc/sys/kernel/sched_rt_runtime_us
forged_before=$(reasons root-forged)
looper true
is "not forged: its copy from a page that it has not touched" "0 it goes on" "$rc $(tail -n 1 $T/looper)"
is "nothing was refused" "$forged_before" "$(reasons root-forged)"
looper forge_looper
is "forged: it is killed, and no CPU faults for ever" 137 $rc
is "it was refused" $((forged_before + 1)) "$(reasons root-forged)"
echo "$rt" >/proc/sys/kernel/sched_rt_runtime_us
pool_all_free

say "forged while threads switch: by another hart, again and again"
n=0 right=0
while [ $n -lt 6 ]; do
	n=$((n + 1))
	start_ready $T/threads nacc run --name race$n -- /nacc/bin/threads --threads 6 --seconds 20
	threads=$started
	wait_for 10 appears race$n
	m=0
	while [ $m -lt 40 ] && attack root "${inner:-0}" | grep -q old=; do
		m=$((m + 1))
	done
	wait $threads
	[ $? = 137 ] && right=$((right + 1))
done
is "each was killed" 6 $right
at_least "and refused" $((forged_before + 6)) "$(reasons root-forged)"
pool_all_free
is "nothing is marked: nothing is guarded" 0x0 "$(guard)"

say "a root that is bound and not the module's"
start_victim victim "the victim's own data"
mark "$victim_pid"
stray=$(field value "$(attack ecall 4 "$domain" 1 0 0 0 0)")
like "a root of nobody's" "0x*000" "$stray"
is "is bound" 0 "$(field error "$(attack ecall 28 "$stray" 0x1000 1 0 0 0)")"
end_victim victim
wait_for 10 sh -c '[ -z "$(sed 1d /proc/nacc/domains)" ]'
wait_for 5 hooks_gone
like "nothing is marked: still guarded" 0x5 "$(guard)"
exits "the module stays, where a hart goes on that is refused a root" 1 rmmod nacc
is "it is retired" 0 "$(field error "$(attack ecall 8 "$stray" 0 0 0 0 0)")"
pool_all_free
wait_for 10 sh -c 'grep -q "^roots: *firmware (nothing is marked)" /proc/nacc/status'
is "and the guard ends" 0x0 "$(guard)"
exits "the machine goes on" 0 nacc run -- /nacc/bin/stress --rounds 1 --seed 4
pool_all_free
attack restore >/dev/null
rmmod nacc_attack
unload
kernel_log_clean
finish
