# SPDX-License-Identifier: GPL-2.0
# The gate: whoever changes what the kernel has saved of a thread changes nothing; what the
# kernel itself does to registers goes on as ever; and of frames everything comes back.
# shellcheck shell=sh disable=SC2154,SC3043
# shellcheck source=lib.sh
. scenarios/lib.sh

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
nacc run --gate=enforce --allow $T/list -- mkdir $T/refused >/dev/null 2>&1
is "what the list does not have is not done" no "$([ -d $T/refused ] && echo yes || echo no)"
at_least "and is on record" $((before + 1)) "$(stat refused_syscall)"
exits "a name that is none" 125 nacc run --gate=enforce --allow /proc/version -- true

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
attack restore >/dev/null
rmmod nacc_attack
unload
kernel_log_clean
finish
