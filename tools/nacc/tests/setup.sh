# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh disable=SC2154,SC2034,SC2086,SC2059
# nacc setup, into a root of its own, twice, and back; check.sh reads this.

FAKE_ROOT=$tmp/data
mkdir -p "$tmp/data/usr/share/nacc/earlier"
for file in "$top"/engines/*.*; do
	sed 's|@sbindir@|/usr/sbin|' "$file" >"$tmp/data/usr/share/nacc/${file##*/}"
done
cp "$top"/engines/earlier/* "$tmp/data/usr/share/nacc/earlier/"
installed=$tmp/data/usr/share/nacc
S="setup --root $tmp/sys"
etc=$tmp/sys/etc

kept() { # what was written, file, what it is about
	[ "$(cat "$2")" = "$1" ]
	verdict "nacc setup: $3 is not touched" $?
}

# --- podman
drop=$etc/containers/containers.conf.d/50-nacc.conf
hooks=$tmp/sys/usr/share/containers/oci/hooks.d
t 0 'containers.conf.d/50-nacc.conf: written' $S podman
t 0 'as it shall be already' $S podman
cmp -s "$installed/podman.conf" "$drop" && cmp -s "$installed/oci-hook.json" "$hooks/50-nacc.json"
verdict 'nacc setup podman: its two files' $?
t 0 '50-nacc.json: removed' $S --undo podman
t 0 'was not there' $S --undo podman
[ ! -e "$drop" ] && [ ! -e "$hooks/50-nacc.json" ]
verdict 'nacc setup --undo podman: both are gone' $?
# What earlier releases have put there is replaced, what others have is not.
for old in 1 2 3; do
	mkdir -p "$etc/containers/oci/hooks.d"
	cp "$top/engines/earlier/podman.conf.$old" "$drop"
	cp "$top/engines/earlier/oci-hook.json.${old%3}" "$etc/containers/oci/hooks.d/50-nacc.json" 2>/dev/null ||
		cp "$installed/oci-hook.json" "$etc/containers/oci/hooks.d/50-nacc.json"
	t 0 'etc/containers/oci/hooks.d/50-nacc.json: removed' $S podman
	cmp -s "$installed/podman.conf" "$drop"
	verdict "nacc setup podman: an earlier one ($old) is replaced" $?
done
for undo in '' --undo; do
	echo '# mine' >"$drop"
	fails 7 'is not as nacc has written it' $S $undo podman
	kept '# mine' "$drop" "a drop-in of the user's ($undo)"
	cp "$installed/podman.conf" "$drop"
	echo '{}' >"$hooks/50-nacc.json"
	fails 7 'is not as nacc has written it' $S $undo podman
	kept '{}' "$hooks/50-nacc.json" "a hook of the user's ($undo)"
	rm "$hooks/50-nacc.json"
done
t 0 'written' $S podman
for line in 'runtime = "nacc"' "runtime='nacc' # always"; do
	for file in containers.conf containers.conf.d/99-mine.conf; do
		printf '[engine]\n# no\n%s\n' "$line" >"$etc/containers/$file"
		fails 7 "/etc/containers/$file line 3 still says that nacc is the runtime" $S --undo podman
		rm "$etc/containers/$file"
	done
done
[ -e "$drop" ] && [ -e "$hooks/50-nacc.json" ]
verdict 'nacc setup --undo podman: refused, nothing is taken away' $?
printf '[engine]\n#runtime = "nacc"\nruntime = "crun"\n[other]\nruntime = "nacc"\n' >"$etc/containers/containers.conf"
t 0 'removed' $S --undo podman
# Installed elsewhere before; but not where somebody has put one himself
for folder in /usr/local/sbin /opt/mine; do
	sed "s|/usr/sbin|$folder|" "$installed/podman.conf" >"$drop"
	sed "s|/usr/sbin|$folder|" "$installed/oci-hook.json" >"$hooks/50-nacc.json"
	case $folder in
	/opt/*)
		fails 7 'is not as nacc has written it' $S podman
		kept "$(sed "s|/usr/sbin|$folder|" "$installed/podman.conf")" "$drop" "a drop-in with $folder" ;;
	*)
		t 0 '50-nacc.json: changed' $S podman
		cmp -s "$installed/podman.conf" "$drop" && cmp -s "$installed/oci-hook.json" "$hooks/50-nacc.json"
		verdict "nacc setup podman: no longer in $folder" $? ;;
	esac
	rm "$drop" "$hooks/50-nacc.json"
done
# Which podman: --root is another system, whose podman cannot be asked.
mkdir "$tmp/podman-bin"
fake_podman() { printf '#!/bin/sh\necho podman version %s\n' "$1" >"$tmp/podman-bin/podman"; }
fake_podman 4.3.1
chmod 755 "$tmp/podman-bin/podman"
PATH=$tmp/podman-bin:$old_path
for version in 3.4.4 4.3.1 4.7.2; do
	fake_podman $version
	fails 7 "podman ${version%.*} does not read '{append=true}'" setup podman
done
t 0 'written' $S podman
t 0 'removed' $S --undo podman
# Newer ones are fit; what is written is below a root of the tests' own, or not at all.
for version in 4.8.0 4.10.1 5.4.2 6.0-dev; do
	fake_podman $version
	fails 7 '/etc/containers/containers.conf.d/50-nacc.conf cannot be' setup podman
	FAKE_WRITE=$tmp/written
	export FAKE_WRITE
	t 0 "$tmp/written/etc/containers/containers.conf.d/50-nacc.conf: written" setup podman
	unset FAKE_WRITE
	rm -r "$tmp/written"
done
PATH=$old_path

# --- docker
t 0 'docker/daemon.json: written' $S docker
t 0 'as it shall be already' $S docker
t 0 'docker/daemon.json: removed' $S --undo docker
printf '{"debug":true,\n"runtimes":{"other":{"path":"/x"}}}' >"$etc/docker/daemon.json"
t 0 'docker/daemon.json: changed' $S docker
python3 -c 'import json,sys; j=json.load(open(sys.argv[1])); sys.exit(j != {"debug": True,
	"runtimes": {"other": {"path": "/x"}, "nacc": {"path": "/usr/sbin/nacc-runtime"}}})' \
	"$etc/docker/daemon.json"
verdict 'nacc setup docker: what was there stays' $?
t 0 'docker/daemon.json: changed' $S --undo docker
python3 -c 'import json,sys; j=json.load(open(sys.argv[1])); sys.exit(j != {"debug": True,
	"runtimes": {"other": {"path": "/x"}}})' "$etc/docker/daemon.json"
verdict 'nacc setup --undo docker: as it was' $?
for broken in '{' '[]' '{"runtimes": 3}'; do
	echo "$broken" >"$etc/docker/daemon.json"
	fails 7 'put it right first' $S docker
	kept "$broken" "$etc/docker/daemon.json" "docker's $broken"
done
# What somebody has given it besides stays; another program of that name is not ours.
own='{"runtimes":{"nacc":{"path":"/usr/local/sbin/nacc-runtime","runtimeArgs":["x"]}}}'
echo "$own" >"$etc/docker/daemon.json"
t 0 'docker/daemon.json: changed' $S docker
python3 -c 'import json,sys; j=json.load(open(sys.argv[1])); sys.exit(j["runtimes"]["nacc"] !=
	{"path": "/usr/sbin/nacc-runtime", "runtimeArgs": ["x"]})' "$etc/docker/daemon.json"
verdict 'nacc setup docker: where it is installed now' $?
own='{"runtimes":{"nacc":{"path":"/opt/nacc-runtime","runtimeArgs":["--runtime","runc"]}}}'
echo "$own" >"$etc/docker/daemon.json"
t 0 'as it shall be already' $S docker
kept "$own" "$etc/docker/daemon.json" 'an entry with runtimeArgs'
for other in '{"path": "/usr/bin/runc"}' '{"runtimeType": "x"}' 3 null; do
	echo "{\"runtimes\":{\"nacc\":$other}}" >"$etc/docker/daemon.json"
	for undo in '' --undo; do
		fails 7 'is not nacc-runtime: nothing was changed' $S $undo docker
		kept "{\"runtimes\":{\"nacc\":$other}}" "$etc/docker/daemon.json" "docker's $other ($undo)"
	done
done
ours='"runtimes":{"nacc":{"path":"/usr/sbin/nacc-runtime"}}'
printf '{%s,\n"default-runtime": "nacc"}' "$ours" >"$etc/docker/daemon.json"
fails 7 'daemon.json line 2 still says that nacc is the default-runtime' $S --undo docker
printf '{%s,\n"default-runtime": "runc"}' "$ours" >"$etc/docker/daemon.json"
t 0 'docker/daemon.json: changed' $S --undo docker

# --- containerd
mkdir -p "$etc/containerd"
toml=$etc/containerd/config.toml
valid() { # SystemdCgroup of nacc, what it is about: TOML, with a runc and a nacc
	python3 - "$toml" "$1" 2>"$tmp/err" <<-'EOP'
		import sys, tomllib
		with open(sys.argv[1], "rb") as f:
		    j = tomllib.load(f)
		name = {2: "io.containerd.grpc.v1.cri", 3: "io.containerd.cri.v1.runtime"}[j["version"]]
		r = j["plugins"][name]["containerd"]["runtimes"]
		assert r["runc"]["runtime_type"] == "io.containerd.runc.v2"
		assert r["nacc"]["options"]["BinaryName"] == "/usr/sbin/nacc-runtime"
		assert r["nacc"]["options"].get("SystemdCgroup", False) == (sys.argv[2] == "true")
	EOP
	verdict "nacc setup containerd: valid: $2" $?
}
there_and_back() { # what is there, SystemdCgroup of nacc, what it is about
	printf "version = $version\n$1" >"$toml"
	cp "$toml" "$tmp/before"
	t 0 'containerd/config.toml: changed' $S containerd
	valid "$2" "$3, version $version"
	t 0 'as it shall be already' $S containerd
	t 0 'changed' $S --undo containerd
	cmp -s "$tmp/before" "$toml"
	verdict "nacc setup --undo containerd: as it was: $3, version $version" $?
}
for version in 2 3; do
	[ $version = 2 ] && plugin=io.containerd.grpc.v1.cri || plugin=io.containerd.cri.v1.runtime
	c="plugins.\"$plugin\".containerd" rt='runtime_type = "io.containerd.runc.v2"'
	r=$c.runtimes
	there_and_back '[plugins]\n  x = 1\n' false 'no runtime is named'
	there_and_back "#[$r.runc]\n# $rt\n" false 'runc in a comment is no runc'
	there_and_back "[$r.runc.options]\nSystemdCgroup = true\n" true "options alone, systemd's"
	there_and_back "[$r.runc.options]\nSystemdCgroup = false\n" false 'options alone'
	there_and_back "[ $r . 'runc' ] # mine\n$rt\n[$r.\"runc\".options]\n  SystemdCgroup=true # yes\n" true 'blanks and quotes'
	there_and_back "[$r.runc]\n$rt\noptions.SystemdCgroup = true\n" true 'options with a dot'
	there_and_back "[$r.runc]\n$rt\n" false 'no options'
	there_and_back "[$r.runc-two]\n$rt\n[x]\ny = [\n  '[$r.nacc]', # ]\n]\nz = '''\n[$r.runc]\n'''\n" false \
		'another runtime, and texts that look like tables'
	for text in "[$c]\nruntimes = { runc = { $rt } }" "[$c]\nruntimes.runc = { $rt }" \
		"[$c]\nruntimes.runc.$rt" "[$r]\nrunc = { $rt }" "[$r]\nrunc.$rt" "[[$r]]\nx = 1" \
		"[plugins.\"$plugin\"]\ncontainerd = {}" "$r.runc.$rt" \
		"[$r.runc]\n$rt\noptions = { SystemdCgroup = true }"; do
		printf "version = $version\n$text\n" >"$toml"
		cp "$toml" "$tmp/before"
		fails 7 'names runtimes in another way than a table for each' $S containerd
		kept "$(cat "$tmp/before")" "$toml" "$text"
	done
	for text in '[x' 'a = ' '[a]]' 'a = "b' '= 3' 'a = [1' '["a\\n"]' "a = '''b"; do
		printf "version = $version\n\n$text\n" >"$toml"
		fails 7 'line 3 is not understood' $S containerd
	done
	printf "version = $version\n[$r.'nacc']\n" >"$toml"
	fails 7 "line 2 has a runtime 'nacc' that is not of 'nacc setup'" $S containerd
	# Without a line's end at the end
	printf "version = $version\n[plugins]\n  x = 1" >"$toml"
	t 0 'changed' $S containerd
	valid false "no line's end, version $version"
	# The block, as somebody has left it
	cp "$toml" "$tmp/before"
	sed -i '/up to here/d' "$toml"
	cp "$toml" "$tmp/cut"
	for undo in '' --undo; do
		fails 7 'nothing was changed; take out by hand' $S $undo containerd
		kept "$(cat "$tmp/cut")" "$toml" "a block without an end ($undo)"
	done
	sed '/from here/d' "$tmp/before" >"$toml"
	fails 7 'nothing was changed; take out by hand' $S containerd
	cat "$tmp/before" "$tmp/before" >"$toml"
	fails 7 'nothing was changed; take out by hand' $S --undo containerd
	sed 's|/usr/sbin/|/usr/local/sbin/|' "$tmp/before" >"$toml"
	t 0 'changed' $S containerd
	valid false "from /usr/local/sbin, version $version"
	sed 's/BinaryName.*/BinaryName = "mine"/' "$tmp/before" >"$toml"
	cp "$toml" "$tmp/cut"
	fails 7 "it was left as it is; for that, first 'nacc setup --undo containerd'" $S containerd
	kept "$(cat "$tmp/cut")" "$toml" 'a block that was edited'
	{ cat "$tmp/before"; printf "[$c]\ndefault_runtime_name = \"nacc\"\n"; } >"$toml"
	fails 7 "line $(wc -l <"$toml") still says that nacc is the default_runtime_name" $S --undo containerd
	printf "version = $version\n[plugins.'$plugin']\ncontainerd = { default_runtime_name = 'nacc' }\n" >"$tmp/inline"
	cp "$toml" "$tmp/cut"
	cp "$tmp/inline" "$toml"
	fails 7 'line 3 still says that nacc is the default_runtime_name' $S --undo containerd
	cp "$tmp/cut" "$toml"
	sed -i 's/name = "nacc"/name = "runc"/' "$toml"
	t 0 'changed' $S --undo containerd
done
echo 'disabled_plugins = []' >"$toml"
fails 7 'version 1: 2 and 3 are known here' $S containerd
rm "$toml"
t 0 'containerd/config.toml: written' $S containerd
version=2 valid false 'without a configuration'

fails 2 "'frobnicate' is no engine" $S frobnicate
fails 2 'something is missing' setup
rm -r "$tmp/data/usr/share/nacc"
fails 7 'install nacc with its files' $S docker
FAKE_ROOT=$here/root
