# SPDX-License-Identifier: GPL-2.0
# The page by which a program sees how it is protected: what it says, in whom, and that
# nothing else comes to stand in its place, whoever tries.
# shellcheck shell=sh disable=SC2154,SC3043
# shellcheck source=lib.sh
. scenarios/lib.sh
# shellcheck source=attacks.sh
. scenarios/attacks.sh

AS_PAGE=0x2c PAGE_CLOSE=0x2b PAGE_OPEN=0x2a FORK=0x1a PROTECT=0x17 TAKE=0x13
pages() { awk '$3 == "page"' /proc/nacc/pool; }
shown() { grep -c 'nacc\]$' "/proc/$1/maps"; }
of_page() { field "$1" "$(entry "$victim_pid" "$victim_va" "$2")"; }

# not_there VALUE TITLE: a store of it to the page's entry, by a module and by a listed writer
not_there() {
	count_refusals
	report=$(attack poke sd "$pte" "$1")
	refused page "store_sd" "$report"
	part_like "what it reads" "domain=$domain *" "$(ask victim check)"
	whole "its entry, by a module: $2: refused, page"
}

load
load_attack
remember_memory
like "status says so" "offered at 0xffe00000" "$(status page)"

# --- who has one
say "programs"
exits "unmarked: not protected" 1 /nacc/bin/nacc-self
is "unmarked: that is what it says" "not protected" "$out"
is "unmarked: no line in maps" 0 "$(shown self)"
exits "marked: protected" 0 nacc run --name first -- /nacc/bin/nacc-self
like "marked: what it says" "protected: domain *, abi 2.*, gate off, gated 0 of 1, *refused 0, *" "$out"
exits "marked: maps has it" 0 nacc run -- sh -c 'grep "nacc.$" /proc/self/maps'
like "marked: at its place, and nobody's to write" "ffe00000-100000000 r--p *[[]nacc]" "$out"
exits "children, and what they execute" 0 nacc run -- /nacc/bin/selfpage child
like "children: all of it" "*ok" "$out"
exits "what a program may do to it" 0 nacc run -- /nacc/bin/selfpage attempts
is "may do: all of it" ok "$out"
exits "behind a gate" 0 nacc run --gate=enforce -- /nacc/bin/nacc-self
like "behind a gate: it says so" "*gate enforce, gated 1 of 1*" "$out"
exits "a mode that is only audited" 0 nacc run --gate=audit -- /nacc/bin/nacc-self
like "audit: it says so" "*gate audit, gated 1 of 1*" "$out"
is "nothing was refused" 0 "$(refused_since)"

# says PATTERN: the last line of the one that watches itself
says() {
	# shellcheck disable=SC2254
	case $(tail -n 1 $T/watch) in
	$1) ;;
	*) return 1 ;;
	esac
}
nacc run --name watch -- /nacc/bin/nacc-self --watch 600 >$T/watch &
watch=$!
is "nothing is sealed: it says so" 0 "$(wait_for 20 says "*seals 0, *"; echo $?)"
generation=$(sed -n '$s/.*generation //p' $T/watch)
exits "its text is sealed" 0 nacc seal --text "$(process_of watch)"
nr=$(($(nacc seal --list "$(process_of watch)" | wc -l) - 1))
is "it says how many ranges are" 0 "$(wait_for 20 says "*seals $nr, *"; echo $?)"
is "once for each" $((generation + nr)) "$(sed -n '$s/.*generation //p' $T/watch)"
is "nacc ps has that number" "$nr" "$(nacc ps | awk '$3 == "watch" { print $NF }')"
like "so has nacc dump" "*Sealed ranges: $nr (size = *" "$(nacc dump "$(process_of watch)")"
kill "$(process_of watch)"
wait $watch 2>/dev/null
exits "sealed before it looks" 0 nacc run --seal-text -- /nacc/bin/nacc-self
like "it says so" "*seals [1-9]*" "$out"
pool_all_free

# --- a process that is marked while it runs
say "marked, unmarked, marked again"
victim_program=selfpage start_victim victim wait
is "before: none" "none -19" "$(ask victim check)"
mark "$victim_pid"
like "marked: it has one" "domain=$domain gate=off refused=0 gated=0/1" "$(ask victim check)"
verified "verify finds nothing" "$victim_pid"
like "the pool has a frame for it" "* page 6 512 *" "$(pages)"
is "dump shows it" "1" "$(nacc dump --leaves "$victim_pid" | grep -c 'va ffe00000 r--u-ad')"
exits "the gate is switched on" 0 nacc gate "$domain" enforce
like "it says so" "domain=$domain gate=enforce refused=0 gated=1/1" "$(ask victim check)"
exits "and off" 0 nacc gate "$domain" off
like "it says that, too" "domain=$domain gate=off refused=0 gated=1/1" "$(ask victim check)"
exits "unmarked" 0 nacc unmark "$domain"
is "unmarked: it can be read, and says nothing" "none -19" "$(ask victim check)"
is "unmarked: maps has no such line" 0 "$(shown "$victim_pid")"
wait_for 10 nothing_marked
is "unmarked: no frame of it is left" "" "$(pages)"
mark "$victim_pid"
is "marked again: only a new program has one" "none -19" "$(ask victim check)"
end_victim victim
victim_program=selfpage start_victim victim wait
mark "$victim_pid"
like "another process has one" "domain=$domain gate=off refused=0 *" "$(ask victim check)"

# --- attacks, each with its legal twin
say "attacks"
pte=$(of_page slot 0) value=$(of_page value 0)
pmd=$(of_page slot 1)
frame=$(hex $((value >> 10 << 12)))
start_victim attacker "the attacker's data"
evil=$(field value "$(entry "$attacker_pid" "$attacker_va" 0)")
other_pte=$(field slot "$(entry "$attacker_pid" "$attacker_va" 0)")
count_refusals
refused not-a-table store_sd "$(attack poke sd "$frame" 0)"
whole "a stray store to the page: refused"
count_refusals
refused not-a-table store_sd "$(attack poke sd "$(hex $((frame + 32)))" 2)"
whole "a stray store that would have a gate: refused"
not_there "$(hex $((value | 4)))" "writable"
not_there "$(hex $((value | 8)))" "executable"
not_there "$(hex $((evil & ~0x3ff | value & 0x3ff)))" "another page"
not_there "$(hex $((value & ~0x40)))" "A gone"
not_there 0x7000 "swapped out"
pte=$(hex $((pte + 8)))
not_there "$value" "the same, one page further on"
pte=$(of_page slot 0)
count_refusals
refused page store_sd "$(attack poke sd "$pmd" "$(hex $((evil & ~0x3ff | 0xd7)))")"
whole "the entry above: a huge page: refused, page"
page=$(field page "$(attack page)")
count_refusals
refused page store_sd "$(attack poke sd "$pmd" "$(hex $((page >> 12 << 10 | 1)))")"
whole "the entry above: another table: refused, page"
count_refusals
refused page store_sd "$(attack poke sd "$pmd" 0)"
whole "the entry above: zero: refused, page"
like "refusals are counted where the program sees them" "domain=$domain gate=off refused=9 *" "$(ask victim check)"

# What names the page elsewhere
victim_domain=$domain
mark "$attacker_pid"
domain=$victim_domain
other_pte=$(field slot "$(entry "$attacker_pid" "$attacker_va" 0)")
for bits in 0xd3 0xd7 0x1d3; do
	count_refusals
	refused leaf-pool store_sd "$(attack poke sd "$other_pte" "$(hex $((value & ~0x3ff | bits)))")"
done
whole "an entry of another domain that names it: refused, leaf-pool"
table=$(hex $((pte & ~0xfff))) other_table=$(hex $((other_pte & ~0xfff)))
like "FORK from its table: refused" "error=-4 value=0x24" \
	"$(attack ecall $FORK "$other_table" 0x10000 "$page" "$table" 0 0)"
like "PROTECT of its entry: refused" "error=-4 value=0x24" \
	"$(attack ecall $PROTECT "$table" 0x10000 0x17 0 0 0)"
root=$(root_of "$victim_pid") other_root=$(root_of "$attacker_pid")
like "another domain's page for a root: refused" "error=-10 value=0x14" \
	"$(attack ecall $AS_PAGE "$other_root" "$frame" 0 0 0 0)"
like "bits that are not Linux's: refused" "error=-3 value=0x17" \
	"$(attack ecall $AS_PAGE "$root" "$frame" 0x4 0 0 0)"
like "a page that is in use is not closed" "error=-10 value=0x14" \
	"$(attack ecall $PAGE_CLOSE "$frame" 0 0 0 0 0)"
report=$(attack ecall $PAGE_OPEN "$victim_domain" 0 0 0 0 0)
second=$(field value "$report")
like "a second page does not take the place of the first" "error=-10 value=0x14" \
	"$(attack ecall $AS_PAGE "$root" "$second" 0 0 0 0)"
like "the legal twin: its own page once more" "error=0 value=$table" \
	"$(attack ecall $AS_PAGE "$root" "$frame" 0x100 0 0 0)"
like "the legal twin: an idle page is closed" "error=0 value=0x0" \
	"$(attack ecall $PAGE_CLOSE "$second" 0 0 0 0 0)"
like "taken away, as at a process's end" "error=0 value=0x1" \
	"$(attack ecall $TAKE "$table" 0x10000 "$page" 0 0 0)"
like "it comes back with the next look, and nothing else" "domain=$victim_domain *" "$(ask victim check)"
is "the other has its own" intact "$(ask attacker check)"
is "its entry is as it was" "$value" "$(of_page value 0)"
verified "verify finds nothing" "$victim_pid"

# --- what is there first
say "the place is taken"
victim_program=selfpage start_victim other taken
mark "$other_pid"
is "it keeps what it has, and the library says so" "-71 90" "$(ask other check)"
is "maps has no line" 0 "$(shown "$other_pid")"

for name in victim attacker other; do
	end_victim $name
done
pool_all_free
memory_as_before
attack restore >/dev/null
rmmod nacc_attack
unload
exits "insmod nacc.ko page=0" 0 insmod /nacc/nacc.ko page=0
is "status says so" "off (page=0)" "$(status page)"
exits "page=0: a marked program has none" 1 nacc run -- /nacc/bin/nacc-self
pool_all_free
unload
kernel_log_clean
finish
