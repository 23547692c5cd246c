# SPDX-License-Identifier: GPL-2.0
# Who sets A and D; frames that a hart may still have in its TLB. Roots that are no mm's are
# loaded here: not with the firmware's guard (strict=off); what that does is in roots.sh.
# shellcheck shell=sh disable=SC2154
# shellcheck source=lib.sh
. scenarios/lib.sh

load strict=off
load_attack
start_victim other "another marked process"
mark "$other_pid"
is "strict=off: the kernel chooses roots" "kernel (strict=off)" "$(status roots)"
report=$(attack root "$other_pid")
like "strict=off: a marked process gets a copy of its root" "old=0x*" "$report"
is "strict=off: it runs on the copy" "written intact" "$(ask other write) $(ask other check)"
attack rootset "$other_pid" "$(field old "$report")" >/dev/null
is "strict=off: and on its own again" "written intact" "$(ask other write) $(ask other check)"

say "FWFT"
# Feature 4 of SBI's FWFT is PTE_AD_HW_UPDATING; extension "FWFT", function 0 is set, 1 is get.
report=$(attack sbi 0x46574654 0 4 1 0)
say "set: $report, who sets A and D: $(status ad)"
if [ "$(field error "$report")" = -2 ]; then
	skip "S-mode cannot turn ADUE on" "FWFT or the feature is not there: the hart has no ADUE"
else
	like "S-mode cannot turn ADUE on" "-[1-9]*" "$(field error "$report")"
	is "and it is off" 0x0 "$(field value "$(attack sbi 0x46574654 1 4 0 0)")"
fi

say "A and D"
ad=$(expected_ad)
report=$(attack walker 200)
say "$report"
like "A/D: nacc doctor says who sets them" "*a/d *${ad% *}: *the walker ${ad#* }*" "$(nacc doctor)"
if [ "${ad#* }" = faults ]; then
	at_least "A/D: this walker faults, and writers set them" 200 "$(field faults "$report")"
else
	is "A/D: this walker sets them itself, in read-only memory" 0 "$(field faults "$report")"
fi
is "A/D: none is lost" "0 0" "$(field lost "$report") $(field wrong "$report")"
region=$(field value "$(attack ecall 0 1 0 0 0 0 0)")
size=$(field value "$(attack ecall 0 2 0 0 0 0 0)")
report=$(attack alias "$(hex $((region + size - size / 64)))")
say "$report"
is "the firmware's records as a page table: the walker changes nothing there" 1 "$(field same "$report")"
[ "${ad#* }" = faults ] ||
	is "the legal twin, an ordinary page: it sets A in each entry" 512 "$(field set "$report")"

say "Apple's PPL"
if [ "$(nproc)" -gt 1 ]; then
	report=$(attack hold)
	part "the hart reads through them" 1 "$(field reads "$report")"
	part "reclaimed before a fence" 0 "$(field before_fence "$report")"
	part "reclaimed while a hart is on the root" 0 "$(field reclaim_held "$report")"
	part "what the hart still reads, if anything, is right" "1 0" "$(field goes_on "$report") $(field wrong "$report")"
	part "reclaimed after it has left, before a fence" 0 "$(field left_no_fence "$report")"
	part "the legal twin: all after the fence" "0 $(field frames "$report")" \
		"$(field fence_left "$report") $(field reclaim_left "$report")"
	say "$report"
	whole "PPL: stale TLB: no table is reused while a hart may hold a translation through it"
else
	skip "PPL: stale TLB: no table is reused while a hart may hold a translation through it" "one hart"
fi

end_victim other
attack restore >/dev/null
rmmod nacc_attack
pool_all_free
unload
finish
