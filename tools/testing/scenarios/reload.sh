# SPDX-License-Identifier: GPL-2.0
# The module comes and goes; the shim, set up once, serves each.
# shellcheck shell=sh disable=SC2154
# shellcheck source=lib.sh
. scenarios/lib.sh

start_victim victim "the victim's own data"
insmod /nacc/nacc.ko && rmmod nacc # what the first load allocates for ever
remember_memory
for round in 1 2 3 4 5; do
	load
	[ $round -ne 1 ] || exits "insmod twice" 17 insmod /nacc/nacc.ko
	mark "$victim_pid"
	verified "round $round: a victim is marked" "$victim_pid"
	is "round $round: it can change its tables" protected "$(ask victim protect)"
	exits "round $round: a command" 0 nacc run -- sh -c 'ls / | wc -l'
	exits "round $round: rmmod is refused while it is marked" 1 rmmod nacc
	exits "round $round: unmark" 0 nacc unmark "$domain"
	is "round $round: intact" intact "$(ask victim check)"
	pool_all_free
	unload
done
end_victim victim
kernel_log_clean
memory_as_before
finish
