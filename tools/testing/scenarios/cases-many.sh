# SPDX-License-Identifier: GPL-2.0
# 200 containers, and one of 500 processes, alive at once in 2 GiB: each is protected, and
# all that they had comes back.
# shellcheck shell=sh disable=SC2154,SC3043
# shellcheck source=lib.sh
. scenarios/lib.sh

CONTAINERS=200
PROCESSES=500

containers() { awk 'NR > 1 && $5 ~ /^few/ { n++ } END { print n + 0 }' /proc/nacc/domains; }
are_there() { [ "$(containers)" -eq $CONTAINERS ] && grep -q ready $T/many; }
all_gone() { [ "$(containers)" -eq 0 ]; }

id_of() { awk -v n="$1" '$5 == n { print $1 }' /proc/nacc/domains; }

load
load_attack
remember_memory
start_victim victim "data of another"

nacc run --name many -- sh -c 'i=0; while [ $i -lt '$PROCESSES' ]; do sleep 1000 & i=$((i + 1)); done; echo ready; wait' >$T/many 2>&1 &
many=$!
i=0
while [ $i -lt $CONTAINERS ]; do
	nacc run --name "few$i" -- sleep 1000 >>$T/few 2>&1 &
	i=$((i + 1))
done
wait_for 240 are_there
is "$CONTAINERS containers are there" "$CONTAINERS" "$(containers)"
is "and what they said" "" "$(cat $T/few)"
is "a container of $PROCESSES processes is there" ready "$(cat $T/many)"
at_least "all of its processes are protected" $((PROCESSES + 1)) "$(members "$(id_of many)" | wc -l)"
at_least "all of all are" $((PROCESSES + CONTAINERS + 1)) "$(sed 1d /proc/nacc/mms | wc -l)"
say "$(nacc stat | grep pool:)"

# --- each of them is whole -----------------------------------------------------------------

bad=0
for pid in $(awk 'NR > 1 && NR % 10 == 0 { print $2 }' /proc/nacc/mms); do
	nacc verify "$pid" >$T/verify 2>&1 || { bad=$((bad + 1)) && sed 's/^/# /' $T/verify; }
done
is "tables of each tenth process are as they should be" 0 $bad

# --- one is attacked, another ends ------------------------------------------------------------

prey=$(members "$(id_of few7)")
# The first page of its program is there.
va=0x$(head -n 1 "/proc/$prey/maps" | cut -d- -f1)
before=$(refused_since)
report=$(attack swap "$prey" "$va" "$victim_pid" "$victim_va")
is "a forged entry in one of them is refused" "refused $((before + 1))" \
	"$(field store "$report") $(refused_since)"
verified "its tables are as they should be" "$prey"
is "another has its data" intact "$(ask victim check)"
kill "$(members "$(id_of few8)")"
CONTAINERS=$((CONTAINERS - 1))
wait_for 20 are_there
is "one ends, the others are there" "$CONTAINERS" "$(containers)"
at_least "and the $PROCESSES" $((PROCESSES + 1)) "$(members "$(id_of many)" | wc -l)"

# --- all of it comes back ------------------------------------------------------------------

awk 'NR > 1 { print $2 }' /proc/nacc/mms | xargs kill
wait_for 60 all_gone
wait "$many"
end_victim victim
wait
pool_all_free
memory_as_before 100 48
unload
kernel_log_clean
finish
