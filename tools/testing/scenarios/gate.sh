# SPDX-License-Identifier: GPL-2.0
# The gate: whoever changes what the kernel has saved of a thread changes nothing; what the
# kernel itself does to registers goes on as ever; and of frames everything comes back.
# shellcheck shell=sh disable=SC2154,SC3043
# shellcheck source=lib.sh
. scenarios/lib.sh
# shellcheck source=containers.sh
. scenarios/containers.sh

# records REASON: how many there are
records() { awk -v r="$1" '$4 == r' /proc/nacc/audit | wc -l; }
contexts() { awk '$3 == "context"' /proc/nacc/pool | wc -l; }

# gated_victim MODE SHOWN: a victim in a domain with such a gate
gated_victim() {
	start_victim victim "the victim's own data"
	mark "$victim_pid"
	exits "the gate is switched: $1" 0 nacc gate "$domain" "$1"
	is "/proc/nacc/domains says so" "$2" "$(gate_of "$domain")"
	# What it has when it is switched on is taken as it is.
	is "$1: it is well" intact "$(ask victim check)"
}

# ends_of_it TEXT: awake, the victim dies of the attack
ends_of_it() {
	unlike "$1: it does not answer" "intact" "$(ask victim check)"
	exec 4>&- 5<&-
	wait "$victim_pid" 2>/dev/null
	is "$1: a fault was its end" 139 $?
}

load
load_attack
remember_memory
like "the doctor says that there can be a gate" "*available*" "$(nacc doctor | grep '^ok *gate')"

# --- what the kernel does by its own rules
say "programs behind the gate"
exits "turns, without it" 0 /nacc/bin/turns
for mode in audit enforce; do
	before=$(gate_refusals)
	exits "turns: $mode" 0 nacc run --name turns "--gate=$mode" -- /nacc/bin/turns
	is "turns: $mode: nothing was refused" "$before" "$(gate_refusals)"
done
exits "stress behind the gate" 0 nacc run --gate=enforce -- /nacc/bin/stress --rounds 2 --seed 7
exits "a shell behind the gate" 0 nacc run --gate=enforce -- \
	sh -c 'for i in 1 2 3 4 5; do (echo $i | cat) & done; wait; exit 0'
is "nothing was refused" "0 0 0" "$(gate_refusals)"
pool_all_free

# --- a domain whose gate is switched on while it runs
say "threads that are there"
start_ready $T/threads nacc run --name live -- /nacc/bin/threads --threads 6 --seconds 600
threads=$started
wait_for 10 appears live
domain=$(domain_of "$inner")
for mode in enforce off audit enforce; do
	exits "live: $mode" 0 nacc gate live $mode
	is "live: it is so" "$mode" "$(gate_of "$domain")"
	sleep 1
done
is "nothing was refused" "0 0 0" "$(gate_refusals)"
exits "dump has what the firmware has of its threads" 0 nacc dump "$inner"
like "a record" "*Agent region*record*context page*thread*Context pages:*" "$out"
at_least "of each thread" 7 "$(echo "$out" | grep -c 'thread ')"
at_least "in pages of their own" 3 "$(contexts)"
exits "verify finds nothing" 0 nacc verify "$inner"
exits "unmarked they go on" 0 nacc unmark "$domain"
is "the threads run" yes "$(runs "$threads" && echo yes)"
kill "$threads" 2>/dev/null
wait "$threads" 2>/dev/null
pool_all_free

# --- a domain that another program comes into, out of the shell
say "another program"
nacc run --name quiet --gate=enforce -- sleep 1000 &
quiet=$!
wait_for 10 appears quiet
exits "another program comes in" 0 nacc run --domain "$(domain_of "$inner")" -- /nacc/bin/turns
is "nothing was refused" "0 0 0" "$(gate_refusals)"
exits "its system calls were counted" 0 nacc syscalls quiet
echo "$out" | sed 's/^/# | /' | head -n 40
like "by name" "*rt_sigreturn*" "$out"
# What the program has gone through it has not only said.
for call in restart_syscall rt_sigaction sigaltstack clone clone3 execve rseq prctl io_uring_enter; do
	at_least "of $call" 1 "$(echo "$out" | awk -v n=$call '$1 == n { print $3 }')"
done
nacc syscalls quiet --format oci-seccomp >$T/profile
like "they are a profile" '*SCMP_ARCH_RISCV64*"rt_sigreturn"*' "$(cat $T/profile)"
kill $quiet
wait $quiet 2>/dev/null
pool_all_free

# --- saved registers
say "saved registers are changed"
gated_victim off -
like "off: its saved pc is another" "old=*" "$(attack regs "$victim_pid" 0xdead000)"
ends_of_it "off"
is "off: nothing is on record" "0 0 0" "$(gate_refusals)"

gated_victim enforce enforce
like "enforce: its saved pc is another" "old=*" "$(attack regs "$victim_pid" 0xdead000)"
is "enforce: it goes on" intact "$(ask victim check)"
is "enforce: one is on record" "1 1" "$(stat refused_context) $(records context)"
like "enforce: which register, and what became of it" "*pc should have been*and was 0xdead000*restored*" \
	"$(nacc audit)"
like "enforce: a0 of a call is the kernel's to say, s1 is not" "old=*" "$(attack reg "$victim_pid" 9 0x1234)"
is "enforce: it goes on" intact "$(ask victim check)"
is "enforce: two are on record" "2 2" "$(stat refused_context) $(records context)"
# What is compared with: the context of its thread, and the record of its domain
context=$(nacc dump "$victim_pid" | awk '$1 == "context" && $2 == "page" { print $3; exit }')
record=$(nacc dump "$victim_pid" | sed -n 's/^.Agent region. .* record \([0-9a-f]*\)$/\1/p')
for at in "$context" "$record"; do for offset in 0 8 24 264 4088; do
	before=$(stat refused)
	part "$at + $offset" refused "$(field store "$(attack poke sd "$(hex $((0x$at + offset)))" 0)")"
	part "$at + $offset: on record" 1 $(($(stat refused) - before))
done; done
whole "enforce: a stray store to its context, and to the record of its gate: refused"
is "enforce: the legal twin: ordinary memory" "done" \
	"$(field store "$(attack poke sd "$(field page "$(attack page)")" 0)")"
is "enforce: it goes on" intact "$(ask victim check)"
is "enforce: the domain is not ended" live "$(awk -v d="$domain" '$1 == d { print $2 }' /proc/nacc/domains)"
end_victim victim

gated_victim audit audit
attack regs "$victim_pid" 0xdead000 >/dev/null
ends_of_it "audit"
is "audit: that is on record" "3 3" "$(stat refused_context) $(records context)"
is "audit: it was performed" 1 "$(awk '$4 == "context"' /proc/nacc/audit | grep -c performed)"
pool_all_free

# --- a list of system calls
say "a list of system calls"
exits "what the profile has goes on" 0 nacc run --gate=enforce --allow $T/profile -- /nacc/bin/turns
printf 'execve\nbrk\nmmap\nmunmap\nmprotect\nopenat\nclose\nread\nwrite\nexit_group\nexit\n' >$T/list
before=$(stat refused_syscall)
said=$(nacc run --gate=enforce --allow $T/list -- mkdir $T/refused 2>&1)
is "what the list does not have is not done" no "$([ -d $T/refused ] && echo yes || echo no)"
like "as if there were no such call" "*Function not implemented*" "$said"
at_least "and is on record" $((before + 1)) "$(stat refused_syscall)"
like "by name" "*system call mkdirat is not in the list*" "$(nacc audit)"
exits "a name that is none" 125 nacc run --gate=enforce --allow /proc/version -- true

# --- what a gate was given it keeps
say "a gate keeps its list"
nacc run --name kept -- sleep 1000 &
kept=$!
wait_for 10 appears kept
exits "without a mode a list is enforced" 0 nacc gate kept --allow $T/list
like "and shown" "domain *: gate enforce, only system calls of the list (11)" "$out"
# makes RESULT TEXT: does a process of that domain get a directory made?
makes() {
	rm -rf $T/made
	nacc run --domain kept -- mkdir $T/made >/dev/null 2>&1
	is "$2" "$1" "$([ -d $T/made ] && echo yes || echo no)"
}
makes no "it is"
exits "debuggers may" 0 nacc gate kept --ptrace
for mode in audit off enforce; do
	exits "kept: $mode" 0 nacc gate kept $mode
	like "kept: $mode: it has both still" "*debuggers may change registers, only system calls of the list (11)*" "$out"
done
makes no "and it is enforced"
exits "leave is taken" 0 nacc gate kept --no-ptrace
is "the list stays" "enforce,list" "$(gate_of "$(domain_of "$inner")")"
exits "the list is taken" 0 nacc gate kept --no-allow
is "nothing is left" enforce "$(gate_of "$(domain_of "$inner")")"
makes yes "it is let pass"
printf '%s\n' mkdirat umask newfstatat set_tid_address set_robust_list rseq prlimit64 readlinkat \
	getrandom getuid geteuid getgid getegid | cat $T/list - >$T/list2
exits "a list from standard input" 0 nacc gate kept --allow - <$T/list2
like "which has more" "*list (24)" "$out"
makes yes "and that is let pass"
exits "no list after all" 0 nacc gate kept --no-allow

# --- since when
say "calls since then"
exits "all of them" 0 nacc syscalls kept --since
exits "nothing since" 0 nacc syscalls kept --since
unlike "no mkdirat among them" "*mkdirat*" "$out"
exits "a moment" 0 nacc syscalls kept --moment quiet
makes yes "then something happens"
exits "since the last time" 0 nacc syscalls kept --since
like "there is one" "*mkdirat *34 * 1*since the last time" "$out"
exits "and again" 0 nacc syscalls kept --since
unlike "there is none" "*mkdirat*" "$out"
exits "since that moment" 0 nacc syscalls kept --since=quiet
like "there is one" "*mkdirat *34 * 1*since quiet" "$out"
exits "one that nobody made" 3 nacc syscalls kept --since=nosuch
kill $kept
wait $kept 2>/dev/null

# --- without a gate the kernel counts
say "calls without a gate"
nacc run --name plain -- sh -c "while :; do mkdir $T/again; rmdir $T/again; sleep 1; done" &
plain=$!
wait_for 10 appears plain
exits "for a moment" 0 nacc syscalls plain
like "it is said who counts" "*has no gate: the kernel counts*mkdirat*counted by the kernel (tracepoint)*" "$out"
exits "nothing is left of it" 3 nacc syscalls plain --stop
exits "of who is killed meanwhile" 137 timeout -s KILL 2 nacc syscalls plain
exits "nothing is left either" 3 nacc syscalls plain --stop
nacc syscalls plain >/dev/null 2>&1 &
moment=$!
sleep 2
exits "somebody else wants more than that moment" 0 nacc syscalls plain --record
wait $moment
exits "and has it" 0 nacc syscalls plain --stop
exits "until somebody says so" 0 nacc syscalls "$plain" --record
sleep 3
exits "by a process of it" 0 nacc syscalls "$plain" --json
like "its source is said" '*"source":*"tracepoint"*"mkdirat"*' "$(echo "$out" | tr -d '\n')"
nacc syscalls plain --since >/dev/null
sleep 3
exits "since then" 0 nacc syscalls plain --since
like "it is less" "*mkdirat*since the last time" "$out"
exits "with a gate the gate counts" 0 nacc gate plain audit
sleep 3
exits "it does" 0 nacc syscalls plain
like "as it says" "*mkdirat*calls refused: 0, returns refused: 0; gate audit" "$out"
exits "there the kernel is not asked" 2 nacc syscalls plain --record
exits "it can be told to stop" 0 nacc syscalls plain --stop
exits "a process that is not marked" 3 nacc syscalls $$
like "is told so" "*neither a domain nor a process of one*" "$out"
exits "a domain may end while it is counted" 0 nacc gate plain off
exits "again" 0 nacc syscalls plain --record
kill $plain
wait $plain 2>/dev/null
pool_all_free

# --- who has no frame
say "exhaustion"
start_victim victim "the victim's own data"
mark "$victim_pid"
used=$(nacc quota "$domain" | sed 's/.*: \([0-9]*\) frames used.*/\1/')
nacc quota "$domain" $((used + 1)) >/dev/null
exits "no frame for its threads: an error" 6 nacc gate "$domain" enforce
is "no frame: off" off "$(gate_of "$domain")"
nacc quota "$domain" none >/dev/null
exits "with frames" 0 nacc gate "$domain" enforce
is "it is well" intact "$(ask victim check)"
end_victim victim
pool_all_free
memory_as_before

# --- a profile starts what it was made of, as crun and runc have it
say "profiles"
nacc run --name learned --gate=audit -- sh -c "mkdir $T/learned; rmdir $T/learned; echo; sleep 1000" &
learned=$!
wait_for 10 appears learned
sleep 2
nacc syscalls learned --format oci-seccomp >$T/learned.json
kill $learned
wait $learned 2>/dev/null
# profiled NEW-PRIVILEGES: the bundle has it, with no_new_privs or without
profiled() {
	python3 -c "
import json
at = '$T/profiled/config.json'
config = json.load(open(at))
config['linux']['seccomp'] = json.load(open('$T/learned.json'))
config['process']['noNewPrivileges'] = $1
json.dump(config, open(at, 'w'))"
}
bundle profiled sh -c "mkdir /tmp/new && echo made; ln -s a /tmp/link 2>/dev/null || echo refused"
for runtime in crun runc; do
	for new in True False; do
		profiled $new
		rm -rf $T/profiled/rootfs/tmp/new
		container $runtime profiled
		is "$runtime, noNewPrivileges $new: what it has is done, what it has not is refused" \
			"made
refused" "$out"
	done
done
exits "the gate takes it, too" 0 nacc run --gate=enforce --allow $T/learned.json -- mkdir $T/by-gate
is "and lets it pass" yes "$([ -d $T/by-gate ] && echo yes)"
pool_all_free

attack restore >/dev/null
rmmod nacc_attack
unload
kernel_log_clean
finish
