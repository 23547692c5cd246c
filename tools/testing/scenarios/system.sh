# SPDX-License-Identifier: GPL-2.0
# The system profile: every user address space is marked, those of now and those to come;
# each attack beside what must work.
# shellcheck shell=sh disable=SC2154,SC3043
# shellcheck source=lib.sh
. scenarios/lib.sh
# shellcheck source=containers.sh
. scenarios/containers.sh

system_domain() { nacc protect --json | sed -n 's/.*"domain": *\([0-9]*\).*/\1/p'; }
user_processes() {
	local n=0 p
	for p in /proc/[0-9]*; do
		[ -n "$(tr -d '\0' <"$p/cmdline" 2>/dev/null)" ] && n=$((n + 1))
	done
	echo $n
}

# alias: an entry of the attacker's table names the victim's.
alias_victim() {
	local from to
	from=$(entry "$attacker_pid" "$attacker_va" 1)
	to=$(entry "$victim_pid" "$victim_va" 1)
	attack poke sd "$(field slot "$from")" "$(field value "$to")"
}

remember_memory
load
load_attack
start_victim victim "the victim's own data"
start_victim attacker "the attacker's data"

say "without it: an ordinary table names a protected one"
mark "$victim_pid"
alias_victim >/dev/null
like "nothing is refused, and the attacker sees the victim's page" "*sees the victim's own data*" \
	"$(ask attacker check)"
# Now: what is undone after its end is not its memory any more.
attack restore >/dev/null
is "and its own again" intact "$(ask attacker check)"
report=$(attack unbound "$attacker_pid" "$attacker_va")
is "an mm that nobody knows has its ordinary root" "$(field asked "$report")" "$(field root "$report")"
like "and what is there is read" "*seen=the attacker's data*" "$report"
exits "unmark" 0 nacc unmark "$domain"
pool_all_free

say "on"
exits "nacc protect --system" 0 nacc protect --system
like "it is on" "system: on, domain [0-9]*, 0 programs excepted" "$out"
exits "twice is once" 8 nacc protect --system
system=$(system_domain)
is "guarded: no root but bound ones" 3 "$(($(field value "$(attack ecall 0 17 0 0 0 0 0)") & 3))"
is "no process is unmarked" "0 0" "$(states unmarked) $(states excepted)"
is "init is in the system's domain" "$system" "$(domain_of 1)"
is "so are the others" "$system $system" "$(domain_of "$victim_pid") $(domain_of "$attacker_pid")"
exits "nacc verify --all: all agree" 0 nacc verify --all
like "and that is all of them" "*: $(user_processes) checked*" "$out"
doctor=$(nacc doctor)
like "nacc doctor says that it is on" "*system *on: every process is protected*" "$doctor"
like "nacc doctor: the alias is closed" "*closed*an ordinary table that names a protected one*" "$doctor"
exits "nothing can be unmarked" 7 nacc unmark "$system"
exits "rmmod is refused" 1 rmmod nacc

say "what comes is marked"
# shellcheck disable=SC2016 # by the child
is "a child, and a new program" "$system" "$(sh -c 'awk -v p=$$ "\$2 == p { print \$1 }" /proc/nacc/mms; :')"
cat >$T/helper <<'EOF'
#!/bin/sh
awk -v p=$$ '$2 == p { print $1 }' /proc/nacc/mms >/tmp/nacc-test/helped
EOF
chmod 755 $T/helper
core=$(cat /proc/sys/kernel/core_pattern)
echo "|$T/helper" >/proc/sys/kernel/core_pattern
# shellcheck disable=SC2016 # by the child
sh -c 'kill -SEGV $$' 2>/dev/null
wait_for 10 [ -s $T/helped ]
echo "$core" >/proc/sys/kernel/core_pattern
is "a helper of the kernel's" "$system" "$(cat $T/helped)"

say "attacks"
report=$(alias_victim)
like "an entry that names another's table: refused" "store=refused*" "$report"
is "nobody sees anything, nobody is ended" "intact intact" "$(ask attacker check) $(ask victim check)"
before=$(stat refused_root-foreign)
attack rootset "$attacker_pid" "$(field root "$(attack rootof "$victim_pid")")" >/dev/null
for _ in 1 2 3 4 5 6 7 8; do /bin/true; done
ask attacker write >/dev/null 2>&1
wait "$attacker_pid" 2>/dev/null
is "who names another's root is killed" 137 $?
exec 6>&- 7<&-
at_least "and refused" $((before + 1)) $(($(stat refused_root-foreign) + $(stat refused_root-forged)))
start_victim attacker "the attacker's data"
report=$(attack rootmap "$attacker_pid" "$attacker_va" "$(field page "$(attack page)")")
for _ in 1 2 3 4 5 6 7 8; do /bin/true; done
ask attacker check >/dev/null 2>&1
wait "$attacker_pid" 2>/dev/null
is "who names an ordinary root is killed" 137 $?
exec 6>&- 7<&-
is "the victim is intact, and of the system's domain" "intact protected intact $system" \
	"$(ask victim check) $(ask victim protect) $(ask victim check) $(domain_of "$victim_pid")"
verified "its tables are in order" "$victim_pid"

say "roots that are bound to nobody"
before=$(stat refused_root-foreign)
report=$(attack unbound "$victim_pid" "$victim_va")
say "$report"
kernel=$(field kernel "$(attack rootof $$)")
ordinary=$(field asked "$report")
is "an mm that nobody knows has the kernel's root, and a kernel thread reads nothing" \
	"$kernel -14" "$(field root "$report") $(field err "$report")"
at_least "which is counted" $((before + 1)) "$(stat refused_root-foreign)"
like "and on record" "*root-foreign*switch_mm*" "$(nacc audit)"
report=$(attack borrow "$victim_pid" "$victim_va")
is "the mm itself has its own" "$(field root "$(attack rootof "$victim_pid")")" "$(field root "$report")"
like "and what is there is read" "*seen=the victim's own data*" "$report"
before=$(stat refused_root-foreign)
(attack satp "$ordinary") >/dev/null 2>&1
is "code that is no site, an ordinary root: who tried is killed" 137 $?
report=$(cat /sys/kernel/debug/nacc-attack/result)
is "the CPU keeps what it has" "$ordinary $(field old "$report")" "$(field asked "$report") $(field got "$report")"
at_least "which is counted" $((before + 1)) "$(stat refused_root-foreign)"
like "and on record" "*root-foreign*attack_satp*" "$(nacc audit)"
before=$(stat refused_root-foreign)
own=$(field root "$(attack rootof $$)")
attack satp "$own" >$T/report
is "what the CPU has is loaded" "$own" "$(field got "$(cat $T/report)")"
is "and not refused" "$before" "$(stat refused_root-foreign)"
(attack satp "$kernel") >/dev/null 2>&1
is "the kernel's root is, and who finds no way back from it is killed, and ends" "137 $kernel" \
	"$? $(field got "$(cat /sys/kernel/debug/nacc-attack/result)")"
is "the way back was refused" $((before + 1)) "$(stat refused_root-foreign)"
is "the victim is intact" intact "$(ask victim check)"

say "domains of their own"
mark "$victim_pid"
is "a process of the system's gets one" "$domain" "$(domain_of "$victim_pid")"
is "without noticing" "intact protected intact" "$(ask victim check) $(ask victim protect) $(ask victim check)"
exits "which stays" 7 nacc unmark "$domain"
exits "nacc run" 0 nacc run --name own -- /nacc/bin/stress --rounds 1 --seed 3
sum=$(echo "$out" | sed -n 's/.*checksum //p')
exits "the same, in the system's domain" 0 /nacc/bin/stress --rounds 1 --seed 3
is "to the same effect" "$sum" "$(echo "$out" | sed -n 's/.*checksum //p')"
exits "threads" 0 /nacc/bin/threads --threads 4 --seconds 3
make_bundles
all_containers crun
is "no process is unmarked" 0 "$(states unmarked)"
exits "nacc verify --all: all agree" 0 nacc verify --all

say "marked in the middle of an exec"
start_ready $T/held /nacc/bin/execheld $T/go /bin/sleep 1000
wait_for 20 grep -q handle_userfault /proc/$started/wchan
is "the new program is not there yet" "$system execheld" "$(domain_of $started) $(cat /proc/$started/comm)"
own=$domain
mark $started
: >$T/go
wait_for 20 grep -q sleep /proc/$started/comm
is "it is in the domain that its process is in since" "$domain" "$(domain_of $started)"
verified "its tables are in order" $started
domain=$own
kill $started
wait $started 2>/dev/null
rm $T/go
start_ready $T/held /nacc/bin/execheld $T/go /bin/sleep 1000
wait_for 20 grep -q handle_userfault /proc/$started/wchan
: >$T/go
wait_for 20 grep -q sleep /proc/$started/comm
is "without a mark it is the system's" "$system" "$(domain_of $started)"
kill $started
wait $started 2>/dev/null

say "a cgroup is a domain"
cgroups=/sys/fs/cgroup
box=$cgroups/box
mkdir $box
sleep 1000 &
inside=$!
sleep 1000 &
sleeper=$!
echo $inside >$box/cgroup.procs
is "what is in it is the system's until it is marked" "$system" "$(domain_of $inside)"
exits "nacc mark --cgroup" 0 nacc mark --cgroup $box --name box
box_id=${out#domain }
is "then it is the cgroup's" "$box_id" "$(domain_of $inside)"
exits "the cgroups below it are no domains of their own" 0 mkdir $box/inner
exits "a process that attaches itself goes from the one to the other" 0 /nacc/bin/cgroups self $box
is "to that of the cgroup" "domain $box_id" "$out"
exits "one that is attached while it spins, 10 times" 0 /nacc/bin/cgroups other $box 10
exits "50 threads, of which one attaches the process" 0 /nacc/bin/cgroups threads $box 50
exits "CLONE_INTO_CGROUP, with and without a new program" 0 /nacc/bin/cgroups clone $box/inner 10
exits "a vfork child: its program" 0 /nacc/bin/cgroups vfork $box
is "child and parent are the system's before" "child $system, parent $system" "$out"
exits "a vfork child whose parent is killed" 0 /nacc/bin/cgroups orphan $box
exits "attached while it executes, 10 times" 0 /nacc/bin/cgroups exec $box 10
exits "attached while it exits, 30 times" 0 /nacc/bin/cgroups exits $box 30
echo $sleeper >$box/cgroup.procs
wait_for 20 in_domain $sleeper "$box_id"
is "one that sleeps goes there without waking up" "$box_id" "$(domain_of $sleeper)"
echo $sleeper >$cgroups/cgroup.procs
usleep 200000
is "who leaves stays there" "$box_id" "$(domain_of $sleeper)"
echo "$victim_pid" >$box/cgroup.procs
usleep 200000
is "who is in another domain stays in that, and does not notice" "$domain intact" \
	"$(domain_of "$victim_pid") $(ask victim check)"
echo "$victim_pid" >$cgroups/cgroup.procs
exits "it is not unmarked" 7 nacc unmark "$box_id"
is "no process is unmarked" 0 "$(states unmarked)"
exits "nacc verify --all: all agree" 0 nacc verify --all
kill $sleeper

say "harts that leave and come back"
for round in 1 2; do
	exits "round $round: unplug" 0 sh -c "echo 0 >/sys/devices/system/cpu/cpu1/online"
	exits "round $round: replug" 0 sh -c "echo 1 >/sys/devices/system/cpu/cpu1/online"
done
report=$(attack nap 0x80000000)
is "HART_SUSPEND: each hart has slept and is back" "cpus=2 woken=2" \
	"cpus=$(field cpus "$report") woken=$(field woken "$report")"
is "the victim did not notice" intact "$(ask victim check)"

say "off"
exits "nacc protect --off" 0 nacc protect --off
is "it is off" "system: off" "$out"
is "init is not marked any more" "" "$(domain_of 1)"
is "a domain of its own stays, and that of the cgroup" "$domain $box_id" \
	"$(domain_of "$victim_pid") $(domain_of $inside)"
exits "which whoever enters it joins" 0 /nacc/bin/cgroups self $box
is "out of none" "domain $box_id" "$out"
exits "and which can be unmarked" 0 nacc unmark "$box_id"
is "so that it is none" "" "$(domain_of $inside)"
kill $inside
exits "nacc unmark" 0 nacc unmark "$domain"
is "all that is as before" intact "$(ask victim check)"
pool_all_free

say "but for one program"
start_victim other "of an excepted program"
exits "nacc protect --system PROGRAM" 0 nacc protect --system /nacc/bin/victim
system=$(system_domain)
is "those that run it are not marked" ": $system" "$(domain_of "$victim_pid")$(domain_of "$other_pid"): $(domain_of 1)"
is "which nacc says" "2 0" "$(states excepted) $(states unmarked)"
like "and the doctor, with the name" "*warn*system*on but for /nacc/bin/victim*" "$(nacc doctor)"
exits "nacc verify --all has nothing to say" 0 nacc verify --all
ln -s /nacc/bin/victim $T/program
printf 'lock = no\nsystem = yes\nexcept = %s\n' $T/program >$T/conf
exits "nacc apply: it is so, by whatever name" 0 nacc apply --file $T/conf
printf 'lock = no\nsystem = yes\nexcept = /nacc/bin/ticks\n' >$T/conf
exits "another program in its place" 7 nacc apply --file $T/conf
like "is said" "*/nacc/bin/ticks not excepted*/nacc/bin/victim excepted, which is not named*" "$out"
start_victim attacker "begun afterwards"
is "who begins it later is not marked either" "" "$(domain_of "$attacker_pid")"
is "and works" "intact protected intact" "$(ask attacker check) $(ask attacker protect) $(ask attacker check)"
exits "nacc mark --cgroup" 0 nacc mark --cgroup $box --name box
echo "$other_pid" >$box/cgroup.procs
wait_for 20 in_domain "$other_pid" "${out#domain }"
is "in a cgroup that is a domain it is marked" "${out#domain }" "$(domain_of "$other_pid")"
is "and works" "intact protected intact" "$(ask other check) $(ask other protect) $(ask other check)"
cp /nacc/bin/victim $T/victim
echo quit | $T/victim "a copy" >/dev/null &
wait $!
is "a copy of it is another program, and runs" 0 $?
mkfifo $T/in
nacc run --name inner -- /nacc/bin/victim "in a container" <$T/in >$T/out &
run=$!
exec 3>$T/in
wait_for 10 grep -q ready $T/out
inner=$(sed -n 's/.*pid=\([0-9]*\).*/\1/p' $T/out)
unlike "in a domain of its own nobody is let out by a name" "" "$(domain_of "$inner")"
unlike "whatever the system's is" "$system" "$(domain_of "$inner")"
exec 3>&-
wait $run
end_victim attacker
end_victim other
exits "an excepted program begins with signals pending" 0 /nacc/bin/ticks 300 /nacc/bin/victim "with signals"
exits "nacc protect --off" 0 nacc protect --off
end_victim victim
rmdir $box/inner $box
pool_all_free
attack restore >/dev/null
rmmod nacc_attack
unload

say "from the load on"
load system=1
like "insmod nacc.ko system=1" on "$(status system)"
is "init is marked" "$(system_domain)" "$(domain_of 1)"
exits "nacc doctor is content" 0 nacc doctor
exits "off" 0 nacc protect --off
pool_all_free
unload
for function in wake_up_new_task begin_new_exec; do
	load hide=$function
	exits "without $function: what began before could run unmarked" 7 nacc protect --system
	like "it is off" "off" "$(status system)"
	pool_all_free
	unload
done
mkfifo $T/fifo
insmod /nacc/nacc.ko system=1 except=$T/fifo
like "except= of what is no program: it is off" "off" "$(status system)"
pool_all_free
unload
load strict=off
exits "strict=off: there is no system profile" 7 nacc protect --system
pool_all_free
unload
kernel_log_clean
memory_as_before 24 64
finish
