# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh disable=SC2154,SC2034
# Cases of check.sh: metrics by parsers that others wrote, over each way; events in the
# journal.

# sample WORD: a line of what the parser has read
sample() {
	grep -qx -- "$1" "$tmp/samples"
	verdict "nacc metrics: $1" $?
}

t 0 'nacc_up 1' metrics
cp "$tmp/out" "$tmp/open"
t 0 '' metrics --textfile "$tmp/nacc.prom"
[ ! -s "$tmp/out" ] && [ "$(stat -c %a "$tmp/nacc.prom")" = 644 ] && ! ls "$tmp"/nacc.prom.*
verdict 'nacc metrics --textfile: prints nothing, can be read, leaves nothing beside' $?
if /usr/bin/python3 -c 'import prometheus_client' 2>/dev/null; then
	"$here/openmetrics.py" "$tmp/open" "$tmp/nacc.prom" >"$tmp/samples" 2>"$tmp/err"
	verdict 'nacc metrics: both forms can be parsed, and say the same' $?
	sample 'nacc_up{} 1'
	sample 'nacc_protected{} 1'
	sample 'nacc_pool_size_bytes{} 6.60603e+07'
	sample 'nacc_pool_frames{state=armed} 64'
	sample 'nacc_refusals_total{reason=leaf-pool} 1'
	sample 'nacc_firmware_events_total{event=traps} 5120'
	sample 'nacc_module_events_total{event=marks} 4'
	sample 'nacc_audit_records_total{} 3'
	sample 'nacc_domains{state=leaving} 1'
	sample 'nacc_domain_frames{domain=4,name=my long name} 2'
	sample 'nacc_hook_calls_total{hook=zap,outcome=routed,symbol=unmap_page_range} 640'
	sample 'nacc_hook_dead{hook=gup,symbol=__get_user_pages} 1'
	! grep -q 'reason=none' "$tmp/samples"
	verdict 'nacc metrics: "none" is no reason' $?

	# A name can be anything but a control character.
	mkdir -p "$tmp/odd"
	cp -r "$here/root/." "$tmp/odd/"
	printf 'id state mms tables name user cgroup gate\n7 live 1 2 a"b\\134\\040}c\303\244\\377 - - -\n' \
		>"$tmp/odd/proc/nacc/domains"
	# Backslash, newline, controls, turns of direction; the same in each locale.
	printf '8 live 1 1 \\134n\\134134\\012#\\040EOF\033[2J\177\302\233\342\200\256\360\237\230\200\300\200 - - -\n' \
		>>"$tmp/odd/proc/nacc/domains"
	# One hook has as many functions as it takes.
	echo 'gup pin_user_pages ftrace 1 0 0 0 x alive 0' >>"$tmp/odd/proc/nacc/hooks"
	FAKE_ROOT=$tmp/odd
	t 0 'nacc_up 1' metrics
	cp "$tmp/out" "$tmp/open"
	t 0 '' metrics --textfile "$tmp/nacc.prom"
	"$here/openmetrics.py" "$tmp/open" "$tmp/nacc.prom" >"$tmp/samples" 2>"$tmp/err"
	verdict 'nacc metrics: with a hostile name, and two functions of a hook' $?
	[ "$(grep -c 'domain=7' "$tmp/samples")" = 2 ]
	verdict 'which makes no line of its own' $?
	[ "$(grep -c '^# EOF' "$tmp/open")" = 1 ] && [ "$(tail -n 1 "$tmp/open")" = '# EOF' ]
	verdict 'nacc metrics: one end, at the end' $?
	for locale in C C.UTF-8; do
		LC_ALL=$locale $RUN "$out/nacc-fake" metrics | cmp - "$tmp/open" 2>"$tmp/err"
		verdict "nacc metrics: the same with LC_ALL=$locale" $?
	done
	/usr/bin/python3 - "$tmp/open" <<-'END' 2>"$tmp/err"
		import sys
		from prometheus_client.openmetrics import parser
		text = open(sys.argv[1], encoding="utf-8").read()
		names = {s.labels["domain"]: s.labels["name"] for f in parser.text_string_to_metric_families(text)
		         for s in f.samples if "domain" in s.labels}
		assert names == {"7": 'a"b\\ }c\u00e4\\377',
		                 "8": '\\n\\134\n# EOF\\033[2J\\177\\302\\233\\342\\200\\256\U0001f600\\300\\200'}, names
		assert all(c == "\n" or c.isprintable() for c in text)
	END
	verdict 'nacc metrics: labels are what names are, and nothing that a terminal obeys' $?
	fake machine=x86_64 t 0 'nacc_protected 0' metrics
	fake err.info=25 t 0 '# TYPE nacc_up gauge # HELP nacc_up 1: the module is loaded and answers. nacc_up 0 # EOF' metrics
	FAKE_ROOT=$tmp/none
	t 0 '# TYPE nacc_up gauge # HELP nacc_up 1: the module is loaded and answers. nacc_up 0 # EOF' metrics
	cp "$tmp/out" "$tmp/open"
	"$here/openmetrics.py" "$tmp/open" >"$tmp/samples" 2>"$tmp/err"
	verdict 'nacc metrics: without the module, too' $?
	FAKE_ROOT=$here/root
else
	echo 'ok - what nacc metrics prints is parsed # SKIP there is no python3-prometheus-client on this host'
fi
# Like the real ones: an open file that is not to be had any more, and one in use
ls -i "$tmp/nacc.prom" >"$tmp/before"
t 0 '' metrics --textfile "$tmp/nacc.prom"
! ls -i "$tmp/nacc.prom" | cmp -s - "$tmp/before"
verdict 'nacc metrics --textfile: another file, at once' $?
fails 7 '/none/nacc.prom cannot be written: No such file' metrics --textfile /none/nacc.prom
[ "$(id -u)" = 0 ] || fails 4 'cannot be written: Permission denied' metrics --textfile /proc/1/nacc.prom
fake err.open=13 fails 4 'run nacc as root' metrics --textfile "$tmp/nacc.prom"
grep -q 'nacc_up 1' "$tmp/nacc.prom"
verdict 'nacc metrics --textfile: after an error it is as it was' $?
fails 2 'give either --textfile or --http' metrics --http --textfile x
fails 2 "'x' is one too many" metrics x

# http STATUS WORDS REQUEST
http() {
	# shellcheck disable=SC2059 # a format
	printf "$3" | $RUN "$out/nacc-fake" metrics --http >"$tmp/out" 2>"$tmp/err"
	rc=$?
	[ "$(sed 1q "$tmp/out" | tr -d '\r')" = "HTTP/1.1 $1" ] && grep -q "$2" "$tmp/out" && [ ! -s "$tmp/err" ]
	verdict "nacc metrics --http: $(printf '%.20s' "$3"): $1" $?
}
http '200 OK' 'nacc_up 1' 'GET /metrics HTTP/1.1\r\nHost: nacc\r\n\r\n'
length=$(sed -n 's/^Content-Length: //p' "$tmp/out" | tr -d '\r')
sed '1,/^\r*$/d' "$tmp/out" >"$tmp/body"
[ "$(wc -c <"$tmp/body")" = "$length" ] && [ "$(tail -n 1 "$tmp/body")" = '# EOF' ]
verdict 'nacc metrics --http: as long as it says, and whole' $?
http '200 OK' 'openmetrics-text; version=1.0.0; charset=utf-8' 'GET / HTTP/1.0\n\n'
http '200 OK' 'nacc_up 1' 'GET / HTTP/1.1\n\r\n'
http '200 OK' 'nacc_up 1' 'GET http://nacc/metrics HTTP/1.1\r\n\r\n'
http '404 Not Found' 'Content-Length: 0' 'GET HTTP://nacc/x/metrics HTTP/1.1\r\n\r\n'
http '400 Bad Request' 'Content-Length: 0' 'GET http://nacc HTTP/1.1\r\n\r\n'
http '404 Not Found' 'Content-Length: 0' 'GET /metricsx HTTP/1.1\r\n\r\n'
http '200 OK' 'nacc_up 1' 'GET /metrics?collect[]=x HTTP/1.1\r\n\r\n'
http '200 OK' "Content-Length: $length" 'HEAD /metrics HTTP/1.1\r\n\r\n'
! grep -q nacc_up "$tmp/out"
verdict 'nacc metrics --http: HEAD has no body' $?
http '405 Method Not Allowed' 'Allow: GET, HEAD' 'get /metrics HTTP/1.1\r\n\r\n'
for nonsense in 'GET /metrics' 'GET /metrics HTTP/2' 'GET /metrics HTTP/1.1 x' 'GET  /metrics HTTP/1.1' 'GET metrics HTTP/1.1' \
	'GET' '' ' / HTTP/1.1' '/ HTTP/1.1' 'GET /metrics HTTP/1.' '\026\003\001\002' 'GET /\000 HTTP/1.1'; do
	http '400 Bad Request' 'Content-Length: 0' "$nonsense\r\n\r\n"
done
http '404 Not Found' 'Content-Length: 0' 'GET /metrics%%20 HTTP/1.1\r\n\r\n'
http '404 Not Found' 'Content-Length: 0' 'GET /../metrics HTTP/1.1\r\n\r\n'
http '405 Method Not Allowed' 'Connection: close' 'POST /metrics HTTP/1.1\r\n\r\n'
http '400 Bad Request' 'Connection: close' 'GET /metrics'
http '400 Bad Request' 'Connection: close' ''
python3 -c 'print("GET /metrics HTTP/1.1\r\n" + "x" * 9000)' | $RUN "$out/nacc-fake" metrics --http >"$tmp/out" 2>"$tmp/err"
rc=$?
grep -q '^HTTP/1.1 400' "$tmp/out"
verdict 'nacc metrics --http: a request without end' $?
printf 'GET /metrics HTTP/1.1\r\n\r\n' | FAKE=err.open=13 $RUN "$out/nacc-fake" metrics --http >"$tmp/out" 2>"$tmp/err"
rc=$?
[ $rc = 4 ] && grep -q '^HTTP/1.1 500' "$tmp/out" && grep -q 'run nacc as root' "$tmp/err"
verdict 'nacc metrics --http: an error is one' $?

# Each client has a process of its own, which ends whatever the client does.
if [ -z "$RUN" ]; then
	python3 - "$out/nacc-fake" >"$tmp/clients" <<-'END'
		import signal, socket, subprocess, sys, time
		def start():
		    mine, its = socket.socketpair()
		    its.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1)
		    mine.settimeout(30)
		    return mine, subprocess.Popen([sys.argv[1], "metrics", "--http"], stdin=its, stdout=its,
		                                  preexec_fn=lambda: signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGALRM]))
		def read(mine):
		    said = b""
		    while True:
		        more = mine.recv(65536)
		        if not more:
		            return said
		        said += more
		ask = b"GET /metrics HTTP/1.1\r\n\r\n"
		begun = time.monotonic()
		silent, unread, cut = start(), start(), start()
		unread[0].send(ask)
		cut[0].send(ask[:9])
		half = start()
		half[0].send(ask)
		half[0].shutdown(socket.SHUT_WR)
		half[1].stdin = None
		its_end = half[1].wait
		def served(client):
		    return read(client[0])
		# The parent's ends of the processes' sockets were closed when they went out of scope.
		said = served(half)
		print("half" if said.startswith(b"HTTP/1.1 200") and said.endswith(b"# EOF\n") and its_end() == 0 else said)
		cut[0].shutdown(socket.SHUT_WR)
		said = served(cut)
		print("cut" if said.startswith(b"HTTP/1.1 400") and cut[1].wait() == 0 else said)
		print("others" if silent[1].poll() is None and time.monotonic() - begun < 5 else "late")
		print("silent" if silent[1].wait(30) == -signal.SIGALRM else silent[1].returncode)
		print("unread" if unread[1].wait(30) == -signal.SIGALRM else unread[1].returncode)
	END
	for client in half cut others silent unread; do
		grep -qx $client "$tmp/clients"
		verdict "nacc metrics --http: a client that is $client" $?
	done
	cp "$tmp/clients" "$tmp/err"
fi

# --- the journal: a socket in the place of its own
mkdir -p "$tmp/j/run/systemd/journal" "$tmp/j/dev"
python3 -c 'import struct, sys
def event(seq, what, domain, pid, reason, comm, name):
    return struct.pack("=QQIIiI16s32s", seq, 1764165012000123000, what, domain, pid, reason, comm, name)
sys.stdout.buffer.write(event(5, 0, 3, 1234, 0, b"nginx", b"web") +
                        event(9, 3, 3, 0, 6, b"a\nPRIORITY=7", b"w\"b\nX=1") +
                        event(10, 0, 3, 1, 0, b"c", b"a reason=ok \xff\\"))' >"$tmp/j/dev/nacc"
FAKE_ROOT=$tmp/j
fails 7 'the journal cannot be reached (/run/systemd/journal/socket): No such file' monitor --journal
fails 2 'give either --json or --journal' monitor --journal --json
python3 -c 'import socket, sys
s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
s.bind(sys.argv[1])
s.settimeout(20)
print("ready", flush=True)
for _ in range(3):
    print(s.recv(65536).decode().replace("\n", "|"), flush=True)' \
	"$tmp/j/run/systemd/journal/socket" >"$tmp/entries" &
tries=100
while ! grep -q ready "$tmp/entries" && [ $tries -gt 0 ]; do
	sleep 0.1
	tries=$((tries - 1))
done
t 0 '' monitor --journal
wait $!
[ ! -s "$tmp/out" ]
verdict 'nacc monitor --journal: prints nothing' $?
entry() { # words of an entry
	grep -qF -- "$1" "$tmp/entries"
	verdict "in the journal: $1" $?
}
entry 'MESSAGE=mark name=web domain=3 pid=1234 comm=nginx|SYSLOG_IDENTIFIER=nacc|PRIORITY=6|MESSAGE_ID=1f0a7c52d5b64b1f9d3c8a5e64b0c101|NACC_EVENT=mark|NACC_DOMAIN=3|NACC_DOMAIN_NAME=web|NACC_PID=1234|NACC_COMM=nginx|NACC_SEQ=5|NACC_LOST=0|'
entry 'PRIORITY=2|MESSAGE_ID=1f0a7c52d5b64b1f9d3c8a5e64b0c104|NACC_EVENT=refuse|NACC_DOMAIN=3|NACC_DOMAIN_NAME=w"b\012X=1|NACC_REASON=provenance|NACC_COMM=a\012PRIORITY=7|NACC_SEQ=9|NACC_LOST=3|'
# Bytes that are no text are written as such once, and a blank is none between words.
entry 'MESSAGE=mark name=a\040reason=ok\040\377\134 domain=3 pid=1 comm=c|'
entry '|NACC_DOMAIN_NAME=a reason=ok \377\134|'
$RUN "$out/nacc-fake" monitor 2>&1 | grep -qF 'name=a\040reason=ok\040\377\134 pid=1'
verdict 'nacc monitor: the same' $?
[ "$(grep -c '|PRIORITY=' "$tmp/entries")" = 3 ] && ! grep -qE '\|(X=1|PRIORITY=7)' "$tmp/entries"
verdict 'in the journal: nobody chooses a field' $?
FAKE_ROOT=$here/root
