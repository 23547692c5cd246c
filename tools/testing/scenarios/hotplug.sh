# SPDX-License-Identifier: GPL-2.0
# Memory that goes offline and comes back: what marked processes have in it is moved, by
# stores that are checked as all are; and the blocks that the pool is in stay. Kernel argument
# movablecore=SIZE: so much of it can be emptied.
# shellcheck shell=sh disable=SC2154
# shellcheck source=lib.sh
. scenarios/lib.sh

blocks=/sys/devices/system/memory
size=$((0x$(cat $blocks/block_size_bytes)))
block_of() { echo $(($1 / size)); }
state() { cat $blocks/memory"$1"/state; }
# turn NUMBER STATE: on or off; what the kernel says of it.
turn() { (echo "$2" >$blocks/memory"$1"/state) 2>&1 | sed 's/.*: //'; }
# page: where the victim's page is.
page() { echo $((($(field value "$(entry "$victim_pid" "$victim_va" 0)") >> 10) << 12)); }
movable() { grep -lx 'Movable' $blocks/memory*/valid_zones | sed 's/.*memory\([0-9]*\).*/\1/' | sort -n; }

exits "unmarked" 0 /nacc/bin/stress --rounds 2 --seed 5
sum=$(echo "$out" | sed -n 's/.*checksum //p')
load
load_attack
remember_memory
start_victim victim "the victim's own data"
mark "$victim_pid"
at_least "blocks that can be emptied" 3 "$(movable | wc -l)"

# --- the block that its page is in -----------------------------------------------------
was=$(page)
old=$(block_of "$was")
like "its page is in one of them" "*,$old,*" ",$(movable | tr '\n' ','),"
is "that goes offline" "" "$(turn "$old" offline)"
is "it has" offline "$(state "$old")"
unlike "the page was moved to another block" "$old" "$(block_of "$(page)")"
is "the victim is intact" "intact protected intact" \
	"$(ask victim check) $(ask victim protect) $(ask victim check)"
verified "its tables are in order" "$victim_pid"
pte=$(field slot "$(entry "$victim_pid" "$victim_va" 0)")
like "an entry for where it was is refused" "store=refused*" \
	"$(attack poke sd "$pte" "$(leaf "$was" 0xd7)")"
is "it comes back" "" "$(turn "$old" online_movable)"

# --- all of them, one after the other, under marked processes that change their tables --
nacc run -- /nacc/bin/stress --rounds 2 --seed 5 >$T/stress 2>&1 &
stress=$!
moved=0
while kill -0 $stress 2>/dev/null; do
	for block in $(movable); do
		[ "$(turn "$block" offline)" = "" ] && moved=$((moved + 1))
		[ "$(state "$block")" = online ] || part "block $block comes back" "" "$(turn "$block" online_movable)"
	done
done
wait $stress
is "what ran meanwhile has ended well" 0 $?
is "to the same effect as unmarked" "$sum" "$(sed -n 's/.*checksum //p' $T/stress)"
whole "each block that went came back"
at_least "blocks that went" 2 $moved
verified "the victim's tables are in order" "$victim_pid"

# --- the pool ---------------------------------------------------------------------------
pool=$(status region)
block=$(block_of "${pool%+*}")
while [ $((block * size)) -lt $((pool)) ]; do
	part_like "block $block, whose pages nobody can move" "?*" "$(turn "$block" offline)"
	part "block $block" online "$(state "$block")"
	block=$((block + 1))
done
whole "blocks that the pool is in stay online"
is "the victim is intact" "intact" "$(ask victim check)"
end_victim victim
is "no store was refused but ours" 1 "$(refused_since)"
rmmod nacc_attack
pool_all_free
memory_as_before
unload
kernel_log_clean
finish
