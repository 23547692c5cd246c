# SPDX-License-Identifier: GPL-2.0
# What the program shows: more cases of check.sh, which reads this file.
# shellcheck shell=sh disable=SC2154,SC2034

# --- ps, stat, audit
same "$here/expect/ps" ps
same "$here/expect/stat" stat
same "$here/expect/stat-3" stat 3
same "$here/expect/audit" audit
fails 3 'there is no domain 99' stat 99
json '[d["id"] for d in j] == [3, 4] and j[0]["processes"][0]["pid"] == 1234' ps --json
json 'j[0]["container"] == "4f0c12d3ab56789e" * 4 and j[0]["engine"] == "docker" and j[0]["image"] == "nginx:1.27"' ps --json
json 'j[1]["cgroup"] == "/user.slice/a b" and j[1]["container"] is None and j[1]["image"] is None' ps --json
json 'j[0]["processes"][1]["pid"] is None and j[1]["name"] == "my long name"' ps --json
# One container is in a domain, one is not, and the monitor of that is no container.
fake err.verify=2 t 0 'unprotected  -     1400  -       my\040sh  0123456789ab  podman  -' ps --engine
fake err.verify=2 json '[(c["container"], c["state"], [p["pid"] for p in c["processes"]]) for c in j] == [("0123456789abcdef" * 4, "unprotected", [1400])]' ps --engine --json
fake verify.domain=4 json 'j == []' ps --engine --json
fake err.verify=3 json 'j == []' ps --engine --json
fake err.verify=1 fails 4 'run nacc as root' ps --engine
json 'j["refused"]["none"] == 0 and j["refused"]["leaf-pool"] == 1' stat --json
json 'j["pool"]["frames"] == 16128 and j["module"]["marks"] == 4' stat --json
json 'j["pool"]["free"] == 16120 and j["pool"]["armed"] == 64' stat --json
json 'sum(j["pool"][k] for k in ("free", "root", "table", "released")) == j["pool"]["frames"]' stat --json
json 'j["levels"][0] == {"level": 2, "tables": 1, "entries": 2}' stat 3 --json
json 'j["refused"] == {"provenance": 1, "leaf-pool": 1, "context": 1}' stat 3 --json
json '[r["forbid"] for r in j["rules"]] == ["pin", "force-write,pin"]' stat 3 --json
json 'j["rules"][1] == {"start": "0x10000", "end": "0x20000", "forbid": "force-write,pin"}' stat 3 --json
same "$here/expect/hooks" stat --hooks
json 'j["state"] == "armed" and j["backends"] == "ftrace,kprobe"' stat --hooks --json
json '[h["routed"] for h in j["hooks"]] == [2, 0, 640, 0, 5]' stat --hooks --json
json '[(h["state"], h["lost"]) for h in j["hooks"]] == [("alive", 0), ("placed", 0), ("alive", 0), (None, 0), ("dead", 4)]' stat --hooks --json
json 'j["hooks"][3]["backend"] == "suffixed" and "two traps" in j["hooks"][3]["effect"]' stat --json --hooks
fails 2 'either an ID or --hooks' stat 3 --hooks
fails 2 "no option '--hooks'" ps --hooks
json 'len(j["records"]) == 7 and j["records"][2]["domain"] is None' audit --json
json 'j["records"][0]["pc"] == "0xffffffff02002012" and "leaf-pool" in j["reasons"]' audit --json
json 'j["records"][1]["outcome"] == "skipped"' audit --json
json '[r["load"] for r in j["records"]] == ["this", "this", "earlier", "this", "this", "this", "this"]' audit --json
json 'j["records"][0]["when"] == "2025-11-26T13:50:12.000123Z"' audit --json
json '(lambda r: (r["pid"], r["comm"], r["owner"], r["name"]) == (912, "insmod", 1234, "web"))(j["records"][0])' audit --json
json 'all(j["records"][2][k] is None for k in ("when", "pid", "comm", "owner", "owner_comm", "name"))' audit --json
t 0 'a reset of the machine once anything has been marked' audit --help
json 'sorted(j["outcomes"]) == ["denied", "faulted", "performed", "restored", "skipped"]' audit --json
json '[j["records"][6][k] for k in ("register", "expected", "found")] == ["sp", "0x3fffffe340", "0xdeadbeef"]' audit --json
json 'j["records"][5]["old"] == "0x4442434e" and "SBI call" in j["reasons"]["deputy"]' audit --json
same "$here/expect/learn" audit --learn
json '[w["count"] for w in j["writers"]] == [412, 3, 3]' audit --learn --json
json 'j["more"] == 7 and "locked" in j["note"] and j["provenance"] == "enforce"' audit --learn --json
json 'j["writers"][1]["pc"] == "0xffffffff80012345" and j["writers"][1]["symbol"] is None' audit --json --learn
mkdir -p "$tmp/empty/proc/nacc" "$tmp/broken/proc/nacc"
for f in domains mms stats audit pool learn hooks rules roots; do
	head -n 1 "$here/root/proc/nacc/$f" >"$tmp/empty/proc/nacc/$f"
	printf 'a b c\n1\n' >"$tmp/broken/proc/nacc/$f"
done
cp "$here/root/proc/nacc/status" "$tmp/empty/proc/nacc/"
FAKE_ROOT=$tmp/empty
t 0 'DOMAIN' ps
t 0 'SEQ' audit
t 0 'NAME' stat
t 0 'NAME  SYMBOL' stat --hooks
status=$tmp/empty/proc/nacc/status
t 0 'is locked: reset the machine, then insmod nacc.ko provenance=audit' audit --learn
sed -i 's/^locked: yes/locked: no/' "$status"
t 0 "only while provenance is 'audit': rmmod nacc, then insmod nacc.ko provenance=audit" audit --learn
sed -i 's/^provenance: .*/provenance: off/' "$status"
t 0 'insmod nacc.ko provenance=audit' audit --learn
sed -i 's/^provenance: .*/provenance: audit/' "$status"
t 0 'no unknown code has written page tables' audit --learn
[ "$(wc -l <"$tmp/out")" = 1 ]
verdict 'nacc audit --learn: one sentence' $?
json 'j["writers"] == [] and j["more"] == 0 and "no unknown" in j["note"]' audit --learn --json
printf 'pc count symbol\n0x0 9 -\n' >"$tmp/empty/proc/nacc/learn"
t 0 '9 more stores, by code beyond' audit --learn
t 0 '# not all: 9 more stores, by code beyond' audit --learn --format=writers.d
cp "$here/root/proc/nacc/learn" "$tmp/empty/proc/nacc/"
t 0 'PC                  COUNT  SYMBOL 0xffffffff02002012  412' audit --learn
json 'j["note"] is None and len(j["writers"]) == 3' audit --learn --json
t 0 "# not the kernel's: 0xffffffff02002012 evil_write" audit --learn --format=writers.d
[ "$(grep -v '^#' "$tmp/out")" = ptep_modify_new ]
verdict 'nacc audit --learn --format=writers.d: the functions of the kernel, and nothing else' $?
printf '0xffffffff80212a52 1 ptep_modify_new.isra.0+0x22/0x40\n' >>"$tmp/empty/proc/nacc/learn"
t 0 'ptep_modify_new' audit --learn --format writers.d
[ "$(grep -c '^ptep_modify_new$' "$tmp/out")" = 1 ]
verdict 'each of them once' $?
# The module has named a function that has not stored since, one that has, and a word.
printf 'writers_missing: huge-split,insert_pfn,ptep_modify_new\n' >>"$status"
t 0 'ptep_modify_new' audit --learn --format writers.d
[ "$(grep -v '^#' "$tmp/out" | xargs)" = 'ptep_modify_new insert_pfn' ]
verdict 'what the module has named is in it, too' $?
echo 'pc count symbol' >"$tmp/empty/proc/nacc/learn"
t 0 'insert_pfn ptep_modify_new' audit --learn --format writers.d
sed -i 's/^writers_missing: .*/writers_missing: -/' "$status"
t 0 '# no unknown code has written page tables' audit --learn --format writers.d
sed -i '/^writers_missing: /d' "$status"
fails 2 "'json' is no format: there is writers.d" audit --learn --format=json
fails 2 'give either --json or --format' audit --learn --format=writers.d --json
fails 2 'audit: --format needs --learn' audit --format=writers.d
rm "$tmp/empty/proc/nacc/learn"
fails 5 'is older and has no /proc/nacc/learn: load the nacc.ko of this release' audit --learn
# an older module: no outcome, no policy in the status file
cut -d ' ' -f 1-12 "$here/root/proc/nacc/audit" >"$tmp/empty/proc/nacc/audit"
t 0 'evil_write+0x12/0x40[evil]          -        -' audit
json 'j["outcomes"] == {}' audit --json
echo '3 condemned 1 2 web - -' >>"$tmp/empty/proc/nacc/domains"
t 0 '3       condemned  web' ps
FAKE_ROOT=$tmp/broken
for c in ps stat 'stat --hooks' audit; do
	# shellcheck disable=SC2086 # words
	fails 7 'line 2 of' $c
done
cp "$here/root/proc/nacc/status" "$tmp/broken/proc/nacc/"
fails 7 'line 2 of' audit --learn
rm "$tmp/broken/proc/nacc/learn"
ln -s /proc/self/mem "$tmp/broken/proc/nacc/learn"
fails 7 'reading /proc/nacc/learn failed' audit --learn
FAKE_ROOT=$here/root

# --- dump
same "$here/dump/sv39.text" dump 1234
same "$here/dump/sv39.leaves" dump 1234 --leaves
json 'len(j["entries"]) == 4 and j["summary"]["tables"] == [2, 2, 1]' dump 1234 --json
json 'len(j["entries"]) == 7 and j["entries"][3]["kind"] == "absent"' dump 1234 --json --leaves
json 'j["process"]["domain"] == 3 and j["root"]["frame"] == 16121' dump 1234 --json
FAKE_DUMP=$here/dump/sv48.entries
same "$here/dump/sv48.text" dump 1234
json 'not j["root"]["in_pool"] and j["summary"]["huge_leaves"] == 1' dump 1234 --json
FAKE_DUMP=$here/dump/sv57.entries
same "$here/dump/sv57.text" dump 1234
FAKE_DUMP=$here/dump/empty.entries
t 0 'Total page table pages: 1 (size = 4 KiB)' dump 1234
json 'j["entries"] == [] and j["summary"]["total"] == 1' dump 1234 --json
FAKE_DUMP=$here/dump/sv39.entries
fake err.dump=3 fails 3 'has exited' dump 1234
fake err.dump=22 fails 3 'kernel thread' dump 2
fake err.info=19 fails 5 'shim' dump 1234

# --- verify
same "$here/expect/verify" verify 1234
same "$here/expect/verify-all" verify --all
fake gone=1234 t 0 'ok: 1 checked, 2 skipped' verify --all
fake err.verify=2 fails 3 'process 1234 is not marked' verify 1234
fake err.verify=3 fails 3 'has exited' verify 1234
fake err.verify=22 fails 3 'kernel thread' verify 2
fake err.verify=2 t 0 'ok: 0 checked, 3 skipped' verify --all
fake verify.firmware=6 t 1 'Linux reaches 5 tables, the firmware counts 6' verify 1234
fake 'verify.outside=1 verify.va=0x1000 verify.value=0xd7' \
	t 1 'the first is at 0x1000, entry 0xd7' verify 1234
fake verify.frame=2 t 1 "2 tables are not where the firmware's records put them" verify 1234
fake verify.entry=1 t 1 'MISMATCH: 1 of 1' verify 1234
fake verify.vma=1 t 1 'MISMATCH: 2 of 2' verify --all
fake verify.vma=1 json 'not j["ok"] and len(j["results"][0]["problems"]) == 1' verify 1234 --json
json 'j["ok"] and len(j["results"]) == 3' verify --all --json
rm -rf "$tmp/root"
cp -r "$here/root" "$tmp/root"
FAKE_ROOT=$tmp/root
echo 'process 77 0x81000000 forged 1' >>"$tmp/root/proc/nacc/roots"
t 1 'process 77: a forged root' verify --all
# Of a domain: what its processes name, whosever root that is, and no hart's
t 0 'ok: 1 checked, 1 skipped' verify web
for line in 'process 77 0x81000000 forged 3' 'process 1234 0x1bfff2000 foreign 4' 'process 1234 0x81000000 unmarked 0'; do
	sed -i '/^process/d' "$tmp/root/proc/nacc/roots"
	echo "$line" >>"$tmp/root/proc/nacc/roots"
	# shellcheck disable=SC2086 # words
	set -- $line
	t 1 "process $2: a $4 root" verify web
	json "not j[\"ok\"] and j[\"results\"][-1][\"pid\"] == $2" verify web --json
	[ "$4" = foreign ] || t 0 'ok: 1 checked, 0 skipped' verify 'my long name'
done
sed -i '/^process/d' "$tmp/root/proc/nacc/roots"
echo 'hart 1 0x1bc009000 foreign 3' >>"$tmp/root/proc/nacc/roots"
echo 'process 1234 0x81000000 excepted 0' >>"$tmp/root/proc/nacc/roots"
t 0 'ok: 1 checked, 1 skipped' verify web
rm "$tmp/root/proc/nacc/roots"
t 5 'older and has no /proc/nacc/roots' verify web
cp "$here/root/proc/nacc/roots" "$tmp/root/proc/nacc/roots"
echo 'hart 1 0x1bc009000 foreign 0' >>"$tmp/root/proc/nacc/roots"
t 1 'hart 1: a foreign root' verify --all
FAKE_ROOT=$here/root

# --- doctor
same "$here/expect/doctor" doctor
fake info.harts=1 t 1 'NOT protected: a hart did not refuse a store' doctor
fake info.harts=1 t 1 'open    stray kernel writes' doctor
fake info.harts=1 t 1 'open    early reuse' doctor
fake 'info.harts=0 info.online=0' t 1 'NOT protected' doctor
fake cpus=4 t 1 'came online after the self-test' doctor
fake info.uapi=0x20000 t 1 'not of one release' doctor
fake info.sbi=0x10003 t 1 'not of one release' doctor
fake info.sbi=0x30000 t 1 'not of one release' doctor
fake info.sbi=0x20001 t 0 'page tables of marked processes are protected' doctor
fake info.uapi=0x10001 t 1 'not of one release' doctor
fake info.uapi=0x10008 t 0 'page tables of marked processes are protected' doctor
fake info.frames=0 t 1 'the pool has no pages' doctor
fake info.base=0 t 0 'MiB at a hidden place' doctor
fake err.dump=1 fails 4 'locked down (confidentiality)' dump 12
fake err.info=19 t 1 'does not answer' doctor
fake info.harts=1 json 'not j["ok"] and j["reason"]' doctor --json
json 'j["ok"] and {b["state"] for b in j["bypasses"]} == {"open", "closed"}' doctor --json
cp -r "$here/root" "$tmp/root"
FAKE_ROOT=$tmp/root
sed -i 's/dch_/dc_/' "$tmp/root/proc/cpuinfo"
t 0 'n/a     hypervisor extension (hgatp)' doctor
status=$tmp/root/proc/nacc/status
t 0 'closed  a forged root in mm->pgd or satp: mstatus.TVM' doctor
sed -i 's/^roots: .*/roots: kernel (strict=off)/' "$status"
t 0 'open    a forged root in mm->pgd or satp: which root a hart uses is chosen by the kernel (strict=off)' doctor
sed -i 's/^roots: .*/roots: firmware (nothing is marked)/' "$status"
t 0 'closed  a forged root in mm->pgd or satp: mstatus.TVM' doctor
printf 'writers_missing: unmap,fork\nwriters_learned: 0\n' >>"$status"
t 1 'FAIL    writers     unknown is who does: unmap,fork.' doctor
t 1 'NOT protected: not all of this kernel' doctor
sed -i 's/^writers_missing: .*/writers_missing: this-series/' "$status"
t 1 'FAIL    writers     nacc was not tried with kernels like this one: this-series.' doctor
sed -i 's/^writers_missing: .*/writers_missing: -/' "$status"
t 0 'ok      writers     312 ranges of kernel code may write page tables' doctor
sed -i 's/^writers_learned: .*/writers_learned: 4/' "$status"
t 0 'some by 4 names in /etc/nacc/writers.d' doctor
sed -i '/^writers_/d' "$status"
t 0 'ok      provenance  enforce:' doctor
t 0 'ok      locked      yes:' doctor
t 0 'closed  setting the shim up again: the set-up is locked until reset' doctor
json 'j["warning"] is None' doctor --json
sed -i 's/^locked: yes/locked: no/' "$status"
t 0 "ok      locked      no: the first mark or 'nacc lock'" doctor
t 0 'open    setting the shim up again: the set-up is not locked yet' doctor
for mode in audit off from-tomorrow; do
	sed -i "s/^provenance: .*/provenance: $mode/" "$status"
	t 0 "warn    provenance  $mode: " doctor
	t 0 "open    stray kernel writes to page tables: stores trap and their values are checked, but any kernel code may make them: provenance is '$mode'" doctor
	t 0 'nacc doctor: ok, with a warning: stray writes' doctor
	json 'j["ok"] and j["reason"] is None and "stray" in j["warning"]' doctor --json
	fake info.harts=1 t 1 'NOT protected: a hart did not refuse a store' doctor
done
for policy in 'kill: a refused store ends the container' 'panic: a refused store' 'fault: a refused store'; do
	sed -i "s/^refusal: .*/refusal: ${policy%%:*}/" "$status"
	t 0 "ok      refusal     $policy" doctor
done
for withheld in mpxy mpxy,vendor; do
	sed -i "s/^sbi-withheld: .*/sbi-withheld: $withheld/" "$status"
	t 0 "ok      sbi calls   those that take memory are checked, unknown ones refused; extensions not offered: $withheld" doctor
done
for state in 'armed: many' 'idle: functions of the kernel are hooked while' 'partly: some functions cannot be hooked' 'off: by nacc.hook=off' \
	'draining: nothing is marked'; do
	sed -i "s/^hooks: .*/hooks: ${state%%:*}/" "$status"
	t 0 "ok      hooks       $state" doctor
	t 0 '(backends: ftrace,kprobe; protection does not rest on them)' doctor
done
sed -i "s/^hooks: .*/hooks: dead/" "$status"
t 1 'FAIL    hooks       dead: a needed one is not replaced' doctor
t 1 'NOT protected: a needed hook is dead: no mark is possible' doctor
sed -i "s/^hooks: .*/hooks: idle/; s/^backends: .*/backends: none/" "$status"
t 1 'FAIL    hooks       idle: functions of the kernel are hooked while something is marked (backends: none;' doctor
t 1 'NOT protected: no way to hook works now: nothing can be marked' doctor
sed -i "s/^backends: .*/backends: kprobe/" "$status"
t 0 'ok      hooks       idle: functions of the kernel are hooked while something is marked (backends: kprobe;' doctor
sed -i "s/^backends: .*/backends: ftrace,kprobe/" "$status"
for walker in 'faults: tried on each hart: the walker faults' 'denied: tried on each hart: the walker may not set' \
	'unknown: tried on each hart: what the walker does about A and D could not be told'; do
	sed -i "s/^walker: .*/walker: ${walker%%:*}/" "$status"
	t 0 "ok      a/d         fault: ${walker#*: }" doctor
done
sed -i "s/^walker: .*/walker: sets/" "$status"
fake info.ad=0 t 0 'the walker sets A and D itself, and nothing else' doctor
t 1 'NOT protected: menvcfg.ADUE is held at zero, but the walker sets A and D' doctor
sed -i "s/^walker: .*/walker: faults/" "$status"
inval='entries thrown out of the cache (cbo.inval):'
for line in "none:n/a     $inval the harts do not" "discards:open    $inval menvcfg.CBIE cannot" \
	"odd:open    $inval the module does not say" "flushes:closed  $inval menvcfg.CBIE makes"; do
	sed -i "s/^inval: .*/inval: ${line%%:*}/" "$status"
	t 0 "${line#*:}" doctor
done
sed -i '/^inval/d' "$status"
t 0 "open    $inval the module does not say" doctor
sed -i '/^backends/d; s/^hooks: .*/hooks: from-tomorrow/' "$status"
t 0 'ok      hooks       from-tomorrow (backends: ?;' doctor
sed -i '/^provenance/d; /^locked/d; /^refusal/d' "$status"
t 0 'warn    provenance  ?: the module does not say' doctor
t 0 'ok      refusal     ?' doctor
cp "$here/root/proc/nacc/status" "$status"
sed -i /isa/d "$tmp/root/proc/cpuinfo"
t 0 'closed  hypervisor extension (hgatp): hgatp cannot be set' doctor
sed -i s/312/0/ "$tmp/root/proc/nacc/status"
t 1 'any kernel code may make them' doctor
rm "$tmp/root/proc/nacc/status"
t 1 'NOT protected: the module is loaded, but /proc/nacc is not there' doctor
FAKE_ROOT=$here/root
