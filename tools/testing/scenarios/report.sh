# SPDX-License-Identifier: GPL-2.0
# Reports of the firmware: of the machine, and of a domain with a gate; verified here, and by
# whoever reads the console, with what "make corim" has made (nacc.reference says where).
# shellcheck shell=sh disable=SC2154,SC3043
# shellcheck source=lib.sh
. scenarios/lib.sh

REFERENCE=/nacc/evidence
NONCE=00112233445566778899aabbccddeeff

# show NAME FILE: a report for whoever reads the console
show() { echo "NACC-REPORT $1 $(od -An -v -tx1 "$2" | tr -d ' \n')"; }

# verify FILE WHAT...: by the development key
verify() {
	local file="$1"
	shift
	nacc report --verify "$file" --key $REFERENCE/development.pub "$@"
}

# claim NAME FILE: a number of its JSON
claim() { verify "$2" --json 2>/dev/null | sed -n "s/.*\"$1\": *\([0-9]*\).*/\1/p" | head -n 1; }

load
remember_memory
like "the doctor calls the key by its name" "*development key*" "$(nacc doctor | grep '^warn *evidence')"
like "so does /proc/nacc/status" "evidence: development key" "$(grep '^evidence' /proc/nacc/status)"

say "of the machine"
exits "a report" 0 nacc report --machine --nonce $NONCE --out $T/machine
exits "it verifies, against the reference" 0 verify $T/machine --nonce $NONCE --reference $REFERENCE/reference.corim
for c in firmware kernel command-line; do
	like "$c is as the reference has it" "*$c *ok *" "$out"
done
like "the key is named" "*development key: anybody can sign*" "$out"
show machine $T/machine

say "of a domain"
start_ready $T/threads nacc run --name web --gate=enforce -- /nacc/bin/threads --threads 3 --seconds 600
exits "a report" 0 nacc report web --nonce $NONCE --image sha256:0123 --out $T/domain
exits "it verifies" 0 verify $T/domain --nonce $NONCE --reference $REFERENCE/reference.corim
like "the gate's mode is in it" "*gate=2*" "$out"
like "what it was told is apart" "*told by the kernel, vouched for by nobody: release=$(uname -r) *name=web image=sha256:0123*" "$out"
like "the set-up is measured" "*set-up *" "$out"
at_least "address spaces" 1 "$(claim live $T/domain)"
is "all of them go through the gate" "$(claim live $T/domain)" "$(claim gated $T/domain)"
show domain $T/domain
inner=$(process_of web)
text=$(awk '$2 == "r-xp" && /threads/ { print $1; exit }' "/proc/$inner/maps")
exits "its text is sealed" 0 nacc seal "$inner" "$text"
exits "a report of it" 0 nacc report web --nonce $NONCE --out $T/sealed
exits "that verifies" 0 verify $T/sealed --nonce $NONCE
at_least "says that a range is sealed" 1 "$(claim sealed $T/sealed)"
is "with as many bytes" $((0x${text#*-} - 0x${text%-*})) "$(claim sealed_bytes $T/sealed)"
nacc seal --list web --json >$T/list
exits "which range, as the list has it" 0 verify $T/sealed --nonce $NONCE --seals $T/list
like "is said" "*fresh, sealed as the list has it*" "$out"
exits "nothing was sealed before" 1 verify $T/domain --nonce $NONCE --seals $T/list
like "is named" "*other ranges are sealed than the list has*" "$out"
exits "all its text is sealed" 0 nacc seal --text "$inner"
exits "a report of that" 0 nacc report web --nonce $NONCE --out $T/more
exits "is not what the list has" 1 verify $T/more --nonce $NONCE --seals $T/list
nacc seal --list web --json >$T/list
exits "but what it has now" 0 verify $T/more --nonce $NONCE --seals $T/list
exits "another report has another number" 0 nacc report web --nonce $NONCE --out $T/next
is "the next one" $(($(claim reports $T/more) + 1)) "$(claim reports $T/next)"
is "of the same boot" "$(verify $T/domain --json 2>/dev/null | grep bootseed)" \
	"$(verify $T/next --json 2>/dev/null | grep bootseed)"

say "what is no report, or not the one"
exits "an old nonce" 1 verify $T/domain --nonce ffeeddccbbaa99887766554433221100
like "is named" "*its nonce is another*" "$out"
head -c 100 $T/domain >$T/short
exits "broken off" 1 verify $T/short --nonce $NONCE
like "is named" "*no report of this profile*" "$out"
{ head -c 200 $T/domain; printf X; tail -c +202 $T/domain; } >$T/altered
exits "altered" 1 verify $T/altered --nonce $NONCE
sed 's/^.\(.*\)/0\1/; s/.$/0/' $REFERENCE/development.pub >$T/other.pub
exits "another key" 1 nacc report --verify $T/domain --key $T/other.pub --nonce $NONCE
exits "another reference" 1 verify $T/domain --nonce $NONCE --reference $REFERENCE/other.corim
like "what differs is named" "*firmware *ok *kernel *ok *command-line *differs *" "$out"
exits "no such domain" 3 nacc report nosuch --nonce $NONCE --out $T/none
exits "too short a nonce" 2 nacc report web --nonce 0011 --out $T/none

kill "$(process_of web)"
wait "$started" 2>/dev/null
pool_all_free
memory_as_before
unload
kernel_log_clean
finish
