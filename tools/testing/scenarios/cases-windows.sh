# SPDX-License-Identifier: GPL-2.0
# Children and new programs begin protected: no moment can be held open at which their
# tables lie in ordinary memory, and nobody uses up what others need for it.
# Kernel argument nacc.hide=FUNCTION,...: as on a kernel without these.
# shellcheck shell=sh disable=SC2034,SC2154,SC3023,SC3043,SC3045
# shellcheck source=lib.sh
. scenarios/lib.sh

hide=$(sed -n 's/.*nacc\.hide=\([^ ]*\).*/\1/p' /proc/cmdline)
case $hide in
'' | mm_init) way=pool ;;
*begin_new_exec*) way=late ;;
*) way=parent ;;
esac

# start NAME FD COMMAND...: with FIFOs; its first line is in $line.
start() {
	local name="$1"
	shift
	mkfifo "$T/$name.in" "$T/$name.out"
	"$@" <"$T/$name.in" >"$T/$name.out" 2>"$T/$name.err" &
	case $name in
	window) exec 10>"$T/window.in" 11<"$T/window.out"; read -r -t 300 line <&11 ;;
	hog) exec 12>"$T/hog.in" 13<"$T/hog.out"; read -r -t 300 line <&13 ;;
	sibling) exec 14>"$T/sibling.in" 15<"$T/sibling.out"; read -r -t 60 line <&15 ;;
	esac
	rm -f "$T/$name.in" "$T/$name.out"
	say "$name: $line"
}

in_pool() { nacc dump "$1" 2>/dev/null | grep 'In the pool'; }

exits "insmod nacc.ko ${hide:+hide=$hide}" 0 insmod /nacc/nacc.ko ${hide:+"hide=$hide"}
refused_before=$(stat refused)
load_attack
is "how children and programs come to be marked" "$way" "$(status birth)"
nacc doctor >$T/doctor 2>&1
case $way in
pool) like "doctor says that they begin in the pool" "*closed  tables of a child or a new program*" "$(cat $T/doctor)" ;;
*) like "doctor says what is open" "*open    tables of a child or a new program*" "$(cat $T/doctor)" ;;
esac
remember_memory

# --- each way to a new address space -----------------------------------------------

promoted=$(stat mod_promoted_tables)
exits "births" 0 nacc run --name births -- /nacc/bin/births
for each in fork exec vfork posix_spawn CLONE_VM bad-format too-long past-return setuid core killed-forking; do
	is "$each: marked from its first instruction, or nothing left" "$each ok" "$(grep "^$each " $T/out)"
done
moved=$(($(stat mod_promoted_tables) - promoted))
# The first, nacc itself, is marked while it runs.
case $way in
pool) [ $moved -lt 40 ] && is "none of them was moved" yes yes || is "none of them was moved" "less than 40 tables" "$moved" ;;
*) at_least "all of them were moved" 100 "$moved" ;;
esac
pool_all_free

# --- a child that is held before it gets to user mode ---------------------------------

start_victim victim "the data of another"
start window nacc run --name window -- /nacc/bin/forkwin 1
child=$(field child "$line") va=$(field va "$line")
at_least "a child is held" 1 "$child"
like "it is in schedule_tail()" "handle_userfault" "$(cat "/proc/$child/wchan")"
tries=0 outside=
while [ $tries -lt 5 ]; do
	seen=$(in_pool "$child")
	case $seen in
	*"outside: 0"*) ;;
	*) outside=$seen ;;
	esac
	tries=$((tries + 1))
	usleep 400000
done
report=$(attack swap "$child" "$va" "$victim_pid" "$victim_va")
if [ $way = late ]; then
	like "its tables lie outside, as doctor says" "*In the pool: 0*" "$outside"
	attack restore >/dev/null
else
	is "no table of it is outside" "" "$outside"
	is "an entry that names another's page" refused "$(field store "$report")"
fi
echo go >&10
read -r -t 30 line <&11
is "it sees its own page" "done=1" "$line"
exec 10>&- 11<&-
end_victim victim
wait_for 10 nothing_marked

# --- a thousand of them ----------------------------------------------------------------

if [ $way != late ]; then
	start sibling nacc run --name sibling -- /nacc/bin/births loop
	start hog nacc run --name hog -- /nacc/bin/forkwin 1000
	say "$(cat $T/hog.err | sort | uniq -c)"
	# As many as its share of the pool allows: nobody else notices.
	at_least "children that one container holds" 200 "$(field forks "$line")"
	n=0 good=0
	while [ $n -lt 5 ]; do
		echo x >&14
		read -r -t 30 line <&15
		[ "$line" = "status=0" ] && good=$((good + 1))
		n=$((n + 1))
	done
	is "forks and execs of another container" 5 "$good"
	exits "a process that is not marked forks and executes" 0 sh -c '/nacc/bin/births none; true'
	is "nobody was killed for want of protection" 0 "$(stat mod_killed)"
	echo go >&12
	read -r -t 300 line <&13
	like "all of them end well" "done=[0-9]*" "$line"
	exec 12>&- 13<&- 14>&- 15<&-
fi

wanted=1
[ $way != late ] || wanted=0
is "no store was refused but the one" $wanted "$(refused_since)"
rmmod nacc_attack
pool_all_free
memory_as_before 60
unload
kernel_log_clean
finish
