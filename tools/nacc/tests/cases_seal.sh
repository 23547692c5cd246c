# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh disable=SC2154,SC2034
# The cases of check.sh about seals, which reads this file.

# --- seal
fake trace=1 t 0 'fake: seal flags 0 0x400000-0x402000' seal 1234 400000-402000
t 0 'process 1234: sealed, 8 KiB' seal 1234 0x400000-0x402000
t 0 'process 1234: sealed, 8 KiB' seal 3 400000-402000
fails 2 'give a range' seal 1234
fails 2 'give a range' seal 1234 400000
fails 2 'give a range' seal 1234 402000-400000
fails 2 'give a range' seal 1234 400000-xyz
fails 2 'give a range' seal 1234 -- -402000
fails 2 'something is missing' seal
fails 2 'something is missing' seal --text
fails 3 "there is no domain 'nosuch'" seal nosuch 400000-402000
fails 2 'either --text or --list' seal --text --list 1234
fails 2 '--json, -o and --noheadings go with --list' seal --json 1234 400000-402000
fails 2 'a range goes with neither' seal --text 1234 400000-402000
fails 2 "'x' is one too many" seal 1234 400000-402000 x
fake gone=99 fails 3 'there is no process 99' seal 99 400000-402000
fake err.seal=2 fails 3 'process 1234 is not marked' seal 1234 400000-402000
fake err.seal=3 fails 3 'process 1234 has exited' seal 1234 400000-402000
fake err.seal=3 fails 3 'process 1234 has exited' seal --list 1234
fake err.seal=22 fails 2 'not one or more whole mappings' seal 1234 400000-402000
fake err.seal=13 fails 7 'writable, or cannot be read' seal 1234 400000-402000
fake err.seal=95 fails 7 'shared, special or huge' seal 1234 400000-402000
fake err.seal=28 fails 7 'as many sealed ranges' seal 1234 400000-402000
fake err.seal=12 fails 6 'not all of that is mapped' seal 1234 400000-402000
fake err.seal=1 fails 4 'forbids pins' seal 1234 400000-402000
fake err.seal=11 fails 7 'changes its mappings all the time' seal 1234 400000-402000
fake err.seal=25 fails 5 'does not know this call' seal 1234 400000-402000
fake err.unmark=26 fails 7 'domain 3 has sealed memory' unmark 3

# --- text: of files that are mapped to be executed what is private and read-only, no more
fake trace=1 t 0 'fake: seal flags 0 0x10000-0x20000 fake: seal flags 0 0x20000-0x21000 fake: seal flags 0 0x3f10000-0x3f20000' seal --text 1234
t 0 'process 1234: 3 mappings sealed, 132 KiB' seal --text 1234
fails 3 'has no text that could be sealed' seal --text 1300
fails 3 '/proc/1301/maps cannot be read' seal --text 1301
fake err.seal=11 fails 7 'changes its mappings all the time' seal --text 1234

# A file's name may be longer than a path, with its ends of lines written out: what is behind
# that is no other mapping.
cp -r "$here/root" "$tmp/maps"
{
	printf '00010000-00020000 r-xp 00000000 fe:00 100                                /'
	for _ in $(seq 13 1060); do printf '\\012'; done
	for before in $(seq 0 80); do printf '%*s00500000-00501000 r--p 00000000 fe:00 100 \\012' "$before" ''; done
	echo
	echo '00020000-00021000 r--p 00010000 fe:00 100                                /usr/sbin/nginx'
	echo '00030000-00031000 r--p 00010000 fe:01 100                                /of/another/disk'
} >"$tmp/maps/proc/1234/maps"
FAKE_ROOT=$tmp/maps
t 0 'process 1234: 2 mappings sealed, 68 KiB' seal --text 1234
FAKE_ROOT=$here/root

# Without a process for who seals: of an ordinary user, who may have two.
if [ "$(id -u)" = 0 ] && command -v setpriv >/dev/null && command -v prlimit >/dev/null; then
	cp -r "$here/root" "$tmp/root"
	cp "$out/nacc-fake" "$tmp"
	chmod -R a+rwX "$tmp"
	for processes in 1 2; do
		FAKE_ROOT=$tmp/root setpriv --reuid 64321 --clear-groups prlimit --nproc=$processes \
			$RUN "$tmp/nacc-fake" run --seal-text -- echo hello >"$tmp/out" 2>"$tmp/err"
		rc=$?
		[ $rc = 125 ] && [ "$(cat "$tmp/out" "$tmp/err")" = \
			"nacc: run: no process for --seal-text: Resource temporarily unavailable" ]
		verdict "run --seal-text where one may have $processes processes: said, and nothing is started" $?
	done
	chmod 700 "$tmp"
else
	echo "ok - run --seal-text without processes # SKIP that takes root, setpriv and prlimit"
fi

# --- list
fake seal.count=2 t 0 'PID   START     END       KIB 1234  0x400000  0x402000  8 1234  0x410000  0x412000  8' seal --list 1234
fake seal.count=2 json 'j == [{"pid": 1234, "start": "0x400000", "end": "0x402000", "kib": 8}, {"pid": 1234, "start": "0x410000", "end": "0x412000", "kib": 8}]' seal --list 1234 --json
json 'j == []' seal --list --json
fake seal.count=1 json 'len(j) == 2' seal --list --json
# A report has them in the order of their roots.
fake seal.count=1 json '[r["pid"] for r in j] == [1300, 1234]' seal --list --json

# --- what dump says of them
fake seal.count=2 t 0 '[Agent region] domain 3   sealed 400000-402000 (8 KiB)   sealed 410000-412000 (8 KiB)' dump 1234
fake seal.count=2 t 0 'Sealed ranges: 2 (size = 16 KiB)' dump 1234
fake seal.count=255 json 'len(j["agent"]["seals"]) == 255 and j["agent"]["seals"][1] == {"start": "0x410000", "end": "0x412000"}' dump 1234 --json
fake seal.count=2 json 'j["summary"]["sealed_ranges"] == 2 and j["summary"]["sealed_kib"] == 16' dump 1234 --json
fake 'seal.count=1 contexts.count=1' t 0 'record 1bfff0000   sealed 400000-402000 (8 KiB)   context page' dump 1234
json 'j["agent"] is None and j["summary"]["sealed_ranges"] == 0' dump 1234 --json
fake err.seal=25 t 0 'Page Table Pages Used' dump 1234

# --- the agent region's pages: of the process one of contexts, two of their vector registers,
# one of seals; of the domain a record and a page, and another process's context. Another's: none.
cp -r "$here/root" "$tmp/agent"
sed -i 's/^16121 .*/16121 0x1bfff9000 root 2 2 16121 16130 0 1 3/' "$tmp/agent/proc/nacc/pool"
cat >>"$tmp/agent/proc/nacc/pool" <<'EOF'
16128 0x1bfff0000 context 7 512 16128 - 0 1 3
16129 0x1bfff1000 context 7 512 16121 - 0 1 3
16130 0x1bfff2000 context 7 512 16121 - 0 1 3
16131 0x1bfff3000 context 7 512 16121 16129 0 1 3
16132 0x1bfff4000 context 7 512 16121 16129 0 1 3
16133 0x1bfff5000 page 7 512 16133 - 0 1 3
16134 0x1bfff6000 context 7 512 16140 - 0 1 3
16135 0x1bfff7000 context 7 512 16120 - 0 1 4
EOF
FAKE_ROOT=$tmp/agent
fake 'contexts.count=1 seal.count=1' t 0 'Context pages: 1   Vector register pages: 2   Sealed ranges: 1 (size = 8 KiB)   Total agent pages: 5 (size = 20 KiB)' dump 1234
fake 'contexts.count=1 seal.count=1' json '[j["summary"][k + "_pages"] for k in ("context", "vector", "seal", "agent")] == [1, 2, 1, 5] and j["summary"]["total"] == 5' dump 1234 --json
json 'j["agent_pages"] == 7 and sum(l["tables"] for l in j["levels"]) == 5' stat 3 --json
t 0 'agent pages: 7' stat 3
FAKE_ROOT=$here/root
json 'j["agent_pages"] == 0' stat 3 --json
json 'j["summary"]["agent_pages"] == 0' dump 1234 --json
fake err.seal=3 fails 3 'process 1234 has exited' dump 1234

# --- ps and stat
json '[d["seals"] for d in j] == [2, 0] and [p["seals"] for p in j[0]["processes"]] == [2, 0]' ps --json
json 'j["seals"] == 2' stat 3 --json

# --- report --verify --seals
echo '[]' >"$tmp/seals.json"
fails 3 'cannot be read: No such file' report --verify x --key "$tmp/nosuch" --seals "$tmp/seals.json"
fails 2 '--seals and --json go with --verify' report --machine --nonce 0011223344556677 --seals "$tmp/seals.json"
