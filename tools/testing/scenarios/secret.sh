# SPDX-License-Identifier: GPL-2.0
# Secret pages: what a program can keep in them, and that nobody gets at it, whoever tries.
# shellcheck shell=sh disable=SC2154,SC3043
# shellcheck source=lib.sh
. scenarios/lib.sh
# shellcheck source=attacks.sh
. scenarios/attacks.sh

GET_INFO=0x0 TAKE=0x13 PROTECT=0x17 TABLE_CHECK=0x10 HANDLER=37
SECRETS=20 REGION_BASE=1 REGION_SIZE=2
info() { field value "$(attack ecall $GET_INFO "$1" "$2" 0 0 0 0)"; }
entry_of() { field "$1" "$(entry "$victim_pid" 0xffe01000 "$2")"; }

# has NAME N: its N-th page, as soon as it can be had (a process that has been marked alive)
asked() {
	got=$(ask "$1" "have $2")
	[ "$got" != -11 ]
}
has() {
	wait_for 20 asked "$1" "$2"
	echo "$got"
}

# none TITLE MODE...: the program gets no secret page, and the library says why.
none() {
	local title="$1" error="$2"
	shift 2
	exits "$title" 0 nacc run "$@" -- /nacc/bin/secret none
	is "$title: the library says so" "$error" "$out"
}

load
load_attack
remember_memory
most=$(($(info $SECRETS 0)))
share=$((most / 4 > 1 ? most / 4 : 1))
used() { status secret_pages; }
of_most() { echo "$1 of $most address spaces"; }
is "status says how many can have some" "$(of_most 0)" "$(used)"
is "there are some" 1 "$((most >= 2))"

say "programs"
exits "unmarked" 0 /nacc/bin/secret none
is "unmarked: the library says so" -19 "$out"
none "no gate" -1 --gate=off
none "a gate that is only audited" -1 --gate=audit
none "a debugger has leave" -1 --gate=enforce --ptrace
none "behind a gate" 0 --gate=enforce
for case in use children kernel calls; do
	exits "secret $case" 0 nacc run --gate=enforce -- /nacc/bin/secret $case
	like "secret $case: all of it" "*ok" "$out"
done
is "nothing of this is a refusal" 0 "$(refused_since)"
is "nor one of the gate's" "0 0" "$(stat refused_context) $(stat refused_thread)"
pool_all_free
is "none is anybody's" "$(of_most 0)" "$(used)"

# --- a key, and who looks for it in all memory
say "a key"
key=$(head -c 16 /dev/urandom | od -An -v -tx1 | tr -d ' \n')
# Inverted, and as the machine reads eight bytes: it is in no memory but the program's.
inverted() {
	local i="$1" word=
	while [ "$i" -lt $(($1 + 16)) ]; do
		word=$(printf %02x $((255 - 0x$(echo "$key" | cut -c $((i + 1))-$((i + 2))))))$word
		i=$((i + 2))
	done
	echo "0x$word"
}
low=$(inverted 0) high=$(inverted 16)
# keeps TITLE FOUND COMMAND...: a program that keeps the key; all memory is searched for it.
keeps() {
	local title="$1" found="$2" report
	shift 2
	mkfifo $T/keep.in
	"$@" <$T/keep.in >$T/keep.out 2>&1 &
	keeper=$!
	exec 3>$T/keep.in
	rm $T/keep.in
	echo "$key" >&3
	is "$title: it has the key" 0 "$(wait_for 20 grep -q ready $T/keep.out; echo $?)"
	report=$(attack search "$low" "$high")
	part_like "found" "$found" "$(field found "$report")"
	[ "$(field searched "$report")" -gt 10000 ] || part "searched" "all memory" "$report"
	whole "$title: searched for in all memory: $found"
	echo "$key" >&3
	echo "$(echo "$key" | tr 0-9a-f 1-9a-f0)" >&3
	exec 3>&-
	wait $keeper
	is "$title: it ends well" 0 $?
	is "$title: and has known it" "ready yes no" "$(tr '\n' ' ' <$T/keep.out | sed 's/ $//')"
}
keeps "ordinary memory" "[1-9]*" nacc run --gate=enforce -- /nacc/bin/nacc-keep --plain
keeps "a secret page" 0 nacc run --gate=enforce -- /nacc/bin/nacc-keep
exits "unmarked it keeps none" 1 /nacc/bin/nacc-keep
like "unmarked it says why" "nacc-keep: no secret page: *" "$out"

# --- attacks, each with its legal twin
say "attacks"
victim_program=secret start_victim victim wait
mark "$victim_pid"
exits "a gate" 0 nacc gate "$domain" enforce
is "the victim has a secret page" 0 "$(has victim 0)"
ask victim "fill 0 7" >/dev/null
sum=$(ask victim "sum 0")
is "and uses it" $((7 * 4096)) "$sum"
pte=$(entry_of slot 0) value=$(entry_of value 0)
page=$(hex $((value >> 10 << 12)))
base=$(($(info $REGION_BASE 0))) size=$(($(info $REGION_SIZE 0)))
is "it lies below the records" 1 \
	"$((page >= base + size - size / 64 - most * 16384 && page < base + size - size / 64))"
is "dump shows it" 1 "$(nacc dump --leaves "$victim_pid" | grep -c 'va ffe01000 rw-u-ad')"
verified "verify finds nothing" "$victim_pid"

unlike_value() { case $2 in *value=*) part "$1" "no value" "$2" ;; esac; }
unlike_value "by the linear map" "$(attack peek "$page")"
unlike_value "by a mapping of its own" "$(attack look "$page")"
unlike_value "the last of it" "$(attack look "$(hex $((page + 4088)))")"
like "the legal twin: other memory, by the same mapping" "value=0x*" "$(attack look "$((base))")"
whole "kernel code reads it: it does not"
for call in 0 1; do
	part_like "an SBI call with it" "error=-*" "$(attack sbi 0x4442434e $call 8 "$page" 0)"
done
is "the victim has all of it" "$sum" "$(ask victim "sum 0")"
for store in sd sb; do
	count_refusals
	report=$(attack poke $store "$page" 0)
	part "a store ($store) to it" 1 "$(($(stat refused) - refusals))"
done
whole "a stray store to it: refused"
is "and is as it was" "$sum" "$(ask victim "sum 0")"

victim_program=secret start_victim attacker wait
at=$(ask attacker map)
evil=$(field value "$(entry "$attacker_pid" "$at" 0)")
for new in "$(hex $((value & ~4)))" "$(hex $((value | 8)))" "$(hex $((value & ~0x80)))" \
	"$(hex $((evil & ~0x3ff | value & 0x3ff)))" "$(hex $((value + 0x400)))" 0x7000; do
	count_refusals
	report=$(attack poke sd "$pte" "$new")
	refused page "store_sd" "$report"
	part "the victim's" "$sum" "$(ask victim "sum 0")"
done
whole "its entry becomes nothing else: refused, page"
count_refusals
refused page "store_sd" "$(attack poke sd "$(hex $((pte + 8)))" "$value")"
whole "it does not come to stand at another place: refused, page"
# In ordinary tables whoever likes can name it: PMP does not let him.
other_pte=$(field slot "$(entry "$attacker_pid" "$at" 0)")
is "an unmarked program has a page" "value 0x1" "$(ask attacker "try $at")"
attack poke sd "$other_pte" "$(hex $((value & ~0x3ff | 0x1d7)))" >/dev/null
is "whose entry names the secret page: it cannot read it" SEGV "$(ask attacker "try $at")"
attack restore >/dev/null
is "its own it can read again" "value 0x1" "$(ask attacker "try $at")"
victim_domain=$domain
mark "$attacker_pid"
attacker_domain=$domain domain=$victim_domain
other_pte=$(field slot "$(entry "$attacker_pid" "$at" 0)")
count_refusals
refused leaf-pool store_sd "$(attack poke sd "$other_pte" "$(hex $((value & ~0x3ff | 0xd7)))")"
whole "a marked one: refused, leaf-pool"
is "the attacker goes on" "value 0x1" "$(ask attacker "try $at")"
exits "behind a gate of its own" 0 nacc gate "$attacker_domain" enforce
is "with a secret page of its own" 0 "$(has attacker 0)"
ask attacker "fill 0 9" >/dev/null
own=$(field value "$(entry "$attacker_pid" 0xffe01000 0)")
ours=$(hex $((own >> 10 << 12)))
# The kernel's tables are nobody's to protect: they name what the attacker likes, for programs.
report=$(attack view "$ours")
is "the legal twin: its own, by a kernel address" "value 0x909090909090909" "$(ask attacker "with $(field va "$report")")"
is "but not without having touched it" SEGV "$(ask attacker "try $(field va "$report")")"
attack unview >/dev/null
report=$(attack view "$page")
is "the victim's, by a kernel address, with its own open: nothing" SEGV "$(ask attacker "with $(field va "$report")")"
attack unview >/dev/null
report=$(attack view "$ours")
is "nor the other way round" SEGV "$(ask victim "with $(field va "$report")")"
attack unview >/dev/null
is "in use" "$(of_most 2)" "$(used)"
scratch=$(field page "$(attack page)")
table=$(hex $((pte & ~0xfff)))
like "PROTECT of its entry: refused" "error=-4 value=0x24" \
	"$(attack ecall $PROTECT "$table" 0x10001 0x13 0 0 0)"
like "TABLE_CHECK finds nothing" "error=0 value=0x2" "$(attack ecall $TABLE_CHECK "$table" 0 0 0 0 0)"
is "the victim has it as it was" "$sum" "$(ask victim "sum 0")"

say "a reset that is refused, and a handler that nobody has registered"
# A type that there is none of, no type at all, a reason that there is none of, another call
for reset in "0 57005 0" "0 $(hex $((1 << 32))) 0" "0 1 7" "1 1 0"; do
	# shellcheck disable=SC2086
	part_like "$reset" "error=-[23] *" "$(attack sbi 0x53525354 $reset 0)"
	part "$reset: the victim's" "$sum" "$(ask victim "sum 0")"
done
whole "it wipes nothing: the victim has all of it"
is "and has more" 0 "$(has victim 1)"
ask victim "fill 1 7" >/dev/null
is "which it can use" $((7 * 4096)) "$(ask victim "sum 1")"
root=$(root_of "$victim_pid")
like "a handler of the kernel's choice, at an enforced gate: refused" "error=-4 value=0x21" \
	"$(attack ecall $HANDLER "$root" 5 0x10000 0 0 0)"
exits "the attacker's gate is only audited" 0 nacc gate "$attacker_domain" audit
like "the legal twin: a gate that only watches takes it" "error=0 value=0x0" \
	"$(attack ecall $HANDLER "$(root_of "$attacker_pid")" 5 0x10000 0 0 0)"

say "taken away"
is "the victim has it as before" "$sum" "$(ask victim "sum 0")"
like "its entry is zeroed, as at a process's end" "error=0 value=0x1" \
	"$(attack ecall $TAKE "$table" 0x10001 "$scratch" 0 0 0)"
is "it asks for it again" 0 "$(ask victim "have 0")"
is "and has what was there" "$sum" "$(ask victim "sum 0")"
exits "unmarked" 0 nacc unmark "$domain"
is "unmarked: there is nothing in its place but zeros" 0 "$(ask victim "sum 0")"
unused() { [ "$(used)" = "$(of_most 1)" ]; }
wait_for 10 unused
is "unmarked: its pages are nobody's" "$(of_most 1)" "$(used)"
end_victim victim
victim_program=secret start_victim victim wait
mark "$victim_pid"
exits "a gate" 0 nacc gate "$domain" enforce
is "the next to have a page" 0 "$(has victim 0)"
is "finds zeros in it" 0 "$(ask victim "sum 0")"

say "a gate that is less than enforced for a moment"
ask victim "fill 1 7" >/dev/null
is "as long as it is enforced" "value 0x707070707070707" "$(ask victim "try 0xffe02000")"
exits "the gate is only audited" 0 nacc gate "$domain" audit
is "then it cannot be read" SEGV "$(ask victim "try 0xffe02000")"
exits "and enforced again" 0 nacc gate "$domain" enforce
is "nor after that" SEGV "$(ask victim "try 0xffe02000")"
is "and the library says so" -1 "$(ask victim "have 1")"
end_victim victim
victim_program=secret start_victim victim wait
mark "$victim_pid"
exits "a gate" 0 nacc gate "$domain" enforce
is "a new process has pages again" 0 "$(has victim 0)"

# --- shares
say "shares"
for n in 1 2 3; do ask victim "have $n" >/dev/null; done
is "four pages for a process, and no more" -22 "$(ask victim "have 4")"
is "in use" "$(of_most 2)" "$(used)"
exits "unmark --all" 0 nacc unmark --all
for name in victim attacker; do end_victim $name; done
T2=$T/many
mkdir -p $T2
mkfifo $T2/over
# Each has its page until all have been answered.
cat >$T2/many.sh <<END
exec 3<>$T2/over
n=0
while [ \$n -lt 24 ]; do
	(echo "have 0"; read -r n <&3) | /nacc/bin/secret wait >$T2/answers.\$n &
	n=\$((n + 1))
done
while [ \$(cat $T2/answers.* | grep -vc '[a-z]') -lt 24 ]; do sleep 0.2; done
n=0
while [ \$n -lt 24 ]; do
	echo >&3
	n=\$((n + 1))
done
wait
cat $T2/answers.* | grep -v '[a-z]'
END
exits "twenty-four processes of one domain" 0 nacc run --gate=enforce -- sh $T2/many.sh
is "as many have one as its share allows" $((share < 24 ? share : 24)) "$(echo "$out" | grep -c '^0$')"
is "the others are told that there is none" $((share < 24 ? 24 - share : 0)) "$(echo "$out" | grep -c '^-12$')"
pool_all_free
is "at the end none is anybody's" "$(of_most 0)" "$(used)"

memory_as_before
attack restore >/dev/null
rmmod nacc_attack
unload
kernel_log_clean
finish
