# SPDX-License-Identifier: GPL-2.0
# The story of NACC in six steps, each line checked.
# shellcheck shell=sh disable=SC2154
# shellcheck source=lib.sh
. scenarios/lib.sh
# shellcheck source=containers.sh
. scenarios/containers.sh
# shellcheck source=attacks.sh
. scenarios/attacks.sh

remember_memory

say "1. What is protected on this platform"
load
exits "nacc doctor is content" 0 nacc doctor
printf '%s\n' "$out"
ad=$(expected_ad)
[ -z "$ad" ] || like "A/D: nacc doctor says who sets them: ${ad% *}, and that its walker ${ad#* }" \
	"*a/d *${ad% *}: tried on each hart: the walker ${ad#* }*" "$out"
cpus=$(nproc)
like "every hart refused a store to the pool at load" "$cpus/$cpus*" "$(status selftest)"
is "the module sees the paging mode of the machine" \
	"$(sed -n 's/^mmu[^:]*: *//p' /proc/cpuinfo | head -n 1)" "$(status mode)"
is "nothing is armed while nothing is marked" no "$(status armed)"

say "2. A process before and after marking"
victim_text="the victim's own data" attacker_text="the attacker's data"
start_victim victim "$victim_text"
nacc dump "$victim_pid" >$T/before
like "before: no table is in the pool" "*[[]Summary]*In the pool: 0, outside: [1-9]*" "$(cat $T/before)"
is "before: verify says it is not marked" "status 3" \
	"$(nacc verify "$victim_pid" >/dev/null 2>&1; echo "status $?")"
mark "$victim_pid"
nacc dump "$victim_pid" >$T/after
like "after: all its tables are in the pool" "*[[]Summary]*In the pool: [1-9]*, outside: 0
*" "$(cat $T/after)"
for f in before after; do
	echo "# nacc dump $f:"
	sed -n '1,4p;/\[Summary\]/,/In the pool/p' $T/$f
done
verified "after: firmware, tables and VMAs agree" "$victim_pid"
printf '%s\n' "$out"
like "after: nacc ps shows it" "*$victim_pid*victim*" "$(nacc ps)"
is "after: its data is what it was" intact "$(ask victim check)"
is "after: it can write" written "$(ask victim write)"
is "after: what it wrote is there" intact "$(ask victim check)"
is "after: it can change its own rights" protected "$(ask victim protect)"
nonce=00112233445566778899aabbccddeeff
echo 670738728911bda4574382e2beaeee3f05946b1fc2ec917e55a8a9c377958e6f >$T/development.pub
exits "the firmware signs a report of it" 0 nacc report "$domain" --nonce $nonce --out $T/report
exits "the report verifies" 0 nacc report --verify $T/report --key $T/development.pub --nonce $nonce
printf '%s\n' "$out"
like "by a key that is called the development key" "*this is the development key*" "$out"
exits "unmark" 0 nacc unmark "$domain"
is "unmarked again: its data is what it was" intact "$(ask victim check)"
pool_all_free

say "3. Real containers, started marked"
make_bundles
for runtime in crun runc; do
	all_containers $runtime
	look_inside $runtime
done
podman_containers
pool_all_free

say "4. The attack"
load_attack
start_victim attacker "$attacker_text"
three_attacks unmarked_attack
mark "$victim_pid"
is "nothing was refused so far" 0 "$(refused_since)"
three_attacks marked_attack
verified "after the attacks: the victim's tables are in order" "$victim_pid"
is "three stores were refused, no other" "leaf-kernel provenance provenance" \
	"$(awk '/nacc_attack/ { if (!seen[$7 $9]++) print $4 }' /proc/nacc/audit | sort | xargs)"
end_victim victim
start_victim victim "$victim_text"
mark "$victim_pid"
like "a forged root: mm->pgd names forged tables" "old=0x*" \
	"$(attack rootmap "$victim_pid" "$victim_va" "$(field page "$(attack page)")")"
for _ in 1 2 3 4 5 6; do /bin/true; done
unlike "a forged root: the victim does not see the attacker's page" "*sees*" "$(ask victim check 2>/dev/null)"
exec 4>&- 5<&-
wait "$victim_pid"
is "a forged root: it was refused, and the victim is ended" 137 $?
like "a forged root: it is on record" "*root-forged*" "$(nacc audit)"
attack restore >/dev/null
end_victim attacker

say "5. The gate: what the kernel has saved of a thread"
start_victim victim "$victim_text"
mark "$victim_pid"
like "without a gate: its saved pc is changed" "old=*" "$(attack regs "$victim_pid" 0xdead000)"
unlike "without a gate: it does not go on" intact "$(ask victim check 2>/dev/null)"
exec 4>&- 5<&-
wait "$victim_pid"
is "without a gate: it died where it was sent to" 139 $?
start_victim victim "$victim_text"
mark "$victim_pid"
exits "nacc gate $domain enforce" 0 nacc gate "$domain" enforce
# What it has when it is switched on is taken as it is.
is "behind the gate: it is well" intact "$(ask victim check)"
like "behind the gate: its saved pc is changed" "old=*" "$(attack regs "$victim_pid" 0xdead000)"
is "behind the gate: it goes on where it was" intact "$(ask victim check)"
nacc audit | grep ' context ' | tail -n 1 >$T/audit
nacc audit | grep 'should have been' | tail -n 1 >$T/why
like "behind the gate: it is on record" "*context*restored*pc should have been*and was 0xdead000*" \
	"$(cat $T/audit $T/why)"
sed 's/^/# /' $T/why
for word in write check protect check; do ask victim $word >/dev/null; done
exits "nacc syscalls $domain: by name, as the firmware has counted them" 0 nacc syscalls "$domain"
echo "$out" | sed 's/^/# /'
like "among them what it was asked for" "*read *write *mprotect *calls refused: 0, returns refused: 1; gate enforce*" \
	"$(echo "$out" | xargs)"
end_victim victim
rmmod nacc_attack

say "6. All gone"
pool_all_free
unload
kernel_log_clean
memory_as_before 24 64 # it began right after boot and runtimes leave caches
finish
