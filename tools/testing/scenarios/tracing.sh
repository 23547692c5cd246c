# SPDX-License-Identifier: GPL-2.0
# The lines for bpftrace and perf of docs/metrics.md, each typed as it stands there: marks,
# tables and a refused store happen meanwhile, and it says what it is there to say.
# shellcheck shell=sh disable=SC2154,SC2086
# shellcheck source=lib.sh
. scenarios/lib.sh
# shellcheck source=attacks.sh
. scenarios/attacks.sh

# attached: who traces is there, or has ended.
attached() {
	case $line in
	bpftrace*) [ "$(opened)" -ge 1 ] ;;
	*) [ "$(opened)" -ge "$(nproc)" ] ;;
	esac || ! runs $tracer
}
# perf opens an event for each CPU, and tells nobody; bpftrace says that it attaches, and is
# there when the event, or the link to a raw one, is open.
opened() {
	local fd n=0
	for fd in "/proc/$tracer/fd"/*; do
		case $(readlink "$fd") in *perf_event* | *bpf_link*) n=$((n + 1)) ;; esac
	done
	echo $n
}

# happens: a mark, its tables, a refused store.
happens() {
	refused=$(refused_since)
	mark "$victim_pid"
	domain=$(domain_of "$victim_pid")
	slot=$(field slot "$(entry "$victim_pid" "$victim_va" 0)")
	attack poke sd "$slot" 0x21fe48d7 >/dev/null
	wait_for 10 heard_of
	nacc unmark "$domain" >/dev/null
}
heard_of() { [ "$(refused_since)" -gt "$refused" ]; }

# says: the lines that the line must have said, as regular expressions of a whole one.
says() {
	case $1 in
	*nacc_refuse*printf*) lines "domain $domain, pid [1-9][0-9]*: provenance" ;;
	*nacc_refuse*count*) lines "@\[$domain, [1-9][0-9]*\]: 1" ;;
	*nacc_mark*) lines "domain $domain: pid $victim_pid, victim" ;;
	*nacc_promote*hist*) lines "@tables: *" "\[[0-9KMG, ]+[])] +1 +\|@+ *\|" ;;
	"perf trace"*) lines ".* nacc:nacc_refuse\(.*reason: \"?provenance\"?, domain: $domain, .*\)" \
		".* nacc:nacc_demote\(.*\)" ;;
	"perf stat"*) lines " *1 +nacc:nacc_refuse( .*)?" " *1 +nacc:nacc_promote( .*)?" ;;
	*) lines "nobody has said what it must say" ;;
	esac
}
lines() { printf '%s\n' "$@"; }

# has_said: each of them once.
has_said() {
	local wanted
	says "$line" >$T/says
	while IFS= read -r wanted; do
		part "lines '$wanted'" 1 "$(grep -cxE "$wanted" $T/out)"
	done <$T/says
	[ $parts -eq 0 ] || sed 's/^/# | /' $T/out
	whole "it says what it is there for"
}

# ends: the status that SIGINT, and nothing else, leaves: bpftrace and "perf trace" catch it
# and are done; "perf stat" says what it has counted, and ends of it.
ends() {
	case $1 in
	"perf stat"*) echo 130 ;;
	*) echo 0 ;;
	esac
}

# Debian's 7.2 has BPF compiled only for who asks, and bpftrace's str() wants it.
echo 1 >/proc/sys/net/core/bpf_jit_enable
load
load_attack
start_victim victim "the victim's own data"
is "lines to type" 6 "$(grep -c . scenarios/tracing.lines)"
while IFS= read -r line; do
	say "$line"
	sh -c "exec $line" >$T/out 2>&1 </dev/null &
	tracer=$!
	wait_for 120 attached
	happens
	usleep 500000
	kill -INT $tracer 2>/dev/null
	wait $tracer
	ended=$?
	is "SIGINT ends it" "$(ends "$line")" $ended
	has_said
done <scenarios/tracing.lines
end_victim victim
pool_all_free
unload
kernel_log_clean
finish
