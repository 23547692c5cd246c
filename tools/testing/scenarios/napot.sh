# SPDX-License-Identifier: GPL-2.0
# Harts with Svnapot and Svpbmt: what Linux maps with them is walked by the hart and
# passes; what lies about its size, its place or its memory type does not. In a boot
# of its own, with provenance=audit, so that it is the value that decides.
# shellcheck shell=sh disable=SC2154,SC3043
# shellcheck source=lib.sh
. scenarios/lib.sh
# shellcheck source=attacks.sh
. scenarios/attacks.sh

exits "insmod with provenance=audit" 0 insmod /nacc/nacc.ko provenance=audit
refused_before=$(stat refused)
load_attack
remember_memory

say "huge pages of 64 KiB"
huge=/sys/kernel/mm/hugepages/hugepages-64kB/nr_hugepages
before=$(cat $huge)
echo 64 >$huge
is "this kernel has them" 64 "$(cat $huge)"
/nacc/bin/napot </dev/null >$T/unmarked 2>&1
is "unmarked: exit status" 0 $?
mkfifo $T/end
nacc run --name napot -- /nacc/bin/napot <$T/end >$T/marked 2>&1 &
pid=$!
exec 9>$T/end
wait_for 20 grep -q checksum $T/marked
is "marked: the same data" "$(cat $T/unmarked)" "$(cat $T/marked)"
# A bit of its own beside those of every leaf: N, see the privileged specification, Svnapot.
is "its tables hold 16 entries with N for each page" $((24 * 16)) \
	"$(nacc dump $pid --leaves | grep -c 'pte 8')"
exits "nacc verify finds them as the firmware has them" 0 nacc verify $pid
exits "unmark while they are mapped" 0 nacc unmark "$(awk '$5 == "napot" { print $1 }' /proc/nacc/domains)"
exits "mark again, live" 0 nacc mark $pid
exits "nacc verify again" 0 nacc verify $pid
exec 9>&-
wait $pid
is "it ends well" 0 $?
is "no legal store was refused" 0 "$(refused_since)"
echo "$before" >$huge

say "entries that lie"
start_victim victim "the victim's own data"
mark "$victim_pid"
e=$(entry "$victim_pid" "$victim_va" 0)
pte=$(field slot "$e")
pmd=$(field slot "$(entry "$victim_pid" "$victim_va" 1)")
empty_pmd=$(hex $((pmd + 8)))
[ $((empty_pmd & 0xfff)) -ne 0 ] || empty_pmd=$(hex $((pmd - 8)))
region=$(field value "$(attack ecall 0 1 0 0 0 0 0)")
image=0x$(awk -F'[- ]+' '/Kernel code/ { print $2 }' /proc/iomem)
ram=$(field page "$(attack page)")
RWU=0xd7 # V R W U A D
leaf() { hex $(($1 >> 12 << 10 | $2 | $3)); }
N=$((1 << 63)) NC=$((1 << 61)) IO=$((2 << 61)) RESERVED=$((3 << 61))
# napot PA: the 64 KiB around it, as an entry names them.
napot() { leaf $((($1 & ~0xffff) | 0x8000)) $RWU $N; }

while IFS='|' read -r title at value reason; do
	count_refusals
	report=$(attack poke sd "$at" "$value")
	if [ -n "$reason" ]; then
		refused "$reason" "store_sd" "$report"
		whole "$title: $reason"
	else
		part "the store" "done" "$(field store "$report")"
		part_like "undo" "restored=1 failed=0" "$(attack restore)"
		part "the victim" "protected intact" "$(ask victim protect) $(ask victim check)"
		whole "$title: done"
	fi
done <<-E
	64 KiB of memory|$pte|$(napot "$ram")|
	of the pool|$pte|$(napot "$region")|leaf-pool
	of the firmware|$pte|$(napot 0x80000000)|leaf-firmware
	of the kernel image|$pte|$(napot "$image")|leaf-kernel
	N with a size that is none|$pte|$(leaf $(((ram & ~0xffff) | 0x4000)) $RWU $N)|reserved-bits
	N with no size|$pte|$(leaf $((ram & ~0xffff)) $RWU $N)|reserved-bits
	N at level 1|$empty_pmd|$(leaf $(((ram & ~0x1fffff) | 0x8000)) $RWU $N)|reserved-bits
	memory, not cached|$pte|$(leaf "$ram" $RWU $NC)|
	memory, as a device|$pte|$(leaf "$ram" $RWU $IO)|
	the reserved memory type|$pte|$(leaf "$ram" $RWU $RESERVED)|reserved-bits
	not cached, of the pool|$pte|$(leaf "$region" $RWU $NC)|leaf-pool
	a bit that is still reserved|$pte|$(leaf "$ram" $RWU $((1 << 58)))|reserved-bits
E
end_victim victim
rmmod nacc_attack
pool_all_free
memory_as_before
unload
kernel_log_clean
finish
