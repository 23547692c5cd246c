# SPDX-License-Identifier: GPL-2.0
# Roots are forged again and again, by another hart, while threads switch: for as many
# minutes as nacc.minutes= says, 10 without it. One process is attacked by nobody, and
# must not notice. Whoever names its root has threads that switch, and nothing that the kernel
# would write for them until they do: that would go to the tables that are named
# (docs/threat-model.md, "an unmarked mm on a marked root").
# shellcheck shell=sh disable=SC2154,SC3043
# shellcheck source=lib.sh
. scenarios/lib.sh

minutes=$(sed -n 's/.*nacc\.minutes=\([0-9]*\).*/\1/p' /proc/cmdline)
end=$(($(now) + ${minutes:-10} * 60))

# forge PID: until it is gone, by whatever hart this runs on; how often, in $forged.
forge() {
	forged=0
	while attack root "${1:-0}" | grep -q old=; do
		forged=$((forged + 1))
	done
}

# is_killed WHOSE STATUS: says how the others ended, of whom there are none.
is_killed() {
	[ "$2" = 137 ] && return
	say "round $rounds: $1 ended with status $2: $(tail -n 1 $T/threads)"
	return 1
}

load
load_attack
start_victim victim "the victim's own data"
mark "$victim_pid"
own=$(root_of "$victim_pid")

rounds=0 attempts=0 forged_killed=0 foreign_killed=0 noticed=0
while [ "$(now)" -lt $end ]; do
	rounds=$((rounds + 1))
	start_ready $T/threads nacc run --name race$rounds -- /nacc/bin/threads --threads 6 --seconds 60
	threads=$started
	wait_for 10 appears race$rounds
	forge "$inner"
	attempts=$((attempts + forged))
	wait $threads
	is_killed "whose root was forged" $? && forged_killed=$((forged_killed + 1))
	start_ready $T/threads /nacc/bin/threads --threads 6 --seconds 60 --still 1
	threads=$started
	attack rootset $threads "$own" >$T/rootset
	wait $threads
	is_killed "who named another's root ($(cat $T/rootset))" $? && foreign_killed=$((foreign_killed + 1))
	[ "$(ask victim check) $(ask victim protect)" = "intact protected" ] || noticed=$((noticed + 1))
done
say "$rounds rounds, $attempts forged roots of marked processes, refused: $(stat refused_root-forged) forged, $(stat refused_root-foreign) foreign"
at_least "some rounds" 5 $rounds
is "whose root was forged was killed, each time" $rounds $forged_killed
is "who named another's root was killed, each time" $rounds $foreign_killed
at_least "forged: refused" $rounds "$(stat refused_root-forged)"
at_least "foreign: refused" $rounds "$(stat refused_root-foreign)"
is "the victim did not notice" 0 $noticed
verified "its tables are in order" "$victim_pid"
end_victim victim
pool_all_free
exits "the machine goes on" 0 nacc run -- /nacc/bin/stress --rounds 1 --seed 4
pool_all_free
attack restore >/dev/null
rmmod nacc_attack
unload
kernel_log_clean
finish
