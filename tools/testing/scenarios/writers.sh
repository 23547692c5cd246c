# SPDX-License-Identifier: GPL-2.0
# A kernel whose page-table writers are not all known: some of them are hidden from the
# module, one that is essential, and one that is found by what it calls. Kernel argument
# nacc.writers=named: the latter alone; learn: both; NAME,...: that boot has learned them.
# shellcheck shell=sh disable=SC2154,SC3043
# shellcheck source=lib.sh
. scenarios/lib.sh

# The one that has all of munmap and exit, by the names that it has had, and one of those
# that no name of an essential one stands for.
HIDE=hide_writers=unmap_page_range,__zap_vma_range,insert_pfn
learned=$(sed -n 's/.*nacc\.writers=\([^ ]*\).*/\1/p' /proc/cmdline)
dropin=/etc/nacc/writers.d/$(uname -r)

# careful TEXT: the module is loaded, and refuses no store for provenance.
careful() {
	part "provenance" audit "$(status provenance)"
	part "what is missing" "$missing" "$(status writers_missing)"
	part_like "the doctor" "*FAIL*writers*unknown is who does: $missing.*nacc audit --learn*NOT protected: not all of this kernel*" \
		"$(nacc doctor | grep -E 'FAIL|NOT' | tr '\n' ' ')"
	nacc doctor >/dev/null
	part "its status" 1 $?
	whole "$1"
}

# sentences: how often the module has said why it is careful.
sentences() { dmesg | grep -c "nacc: not all functions of this kernel that write page tables are known ($missing)"; }

learn() {
	load $HIDE
	is "one sentence says so" 1 "$(sentences)"
	careful "a writer is not known: it is audited, and the doctor is not content"
	# shellcheck disable=SC2016
	exits "marked processes come and go all the same" 7 \
		nacc run -- sh -c 'for i in 1 2 3 4 5 6 7 8; do busybox true; done; exit 7'
	wait_for 10 nothing_marked
	is "nothing was refused" 0 "$(refused_since)"
	at_least "what the hidden function has stored is on record" 1 "$(nacc audit | grep -cE 'unmap_page_range|__zap_vma_range')"
	names=$(nacc audit --learn --format=writers.d | grep -v '^#')
	is "and it is what is learned" 1 "$(echo "$names" | grep -cxE 'unmap_page_range|__zap_vma_range')"
	is "and so is the other, which was named and has not stored" 1 "$(echo "$names" | grep -cx insert_pfn)"
	echo "learned: $(echo "$names" | xargs | tr ' ' ,)"
	unload
	mkdir -p "${dropin%/*}"
	echo "$names" >"$dropin"
	dmesg -c >/dev/null
	exits "with another list it takes a reset" 1 insmod /nacc/nacc.ko $HIDE
	like "and says so" "*reset the machine*" "$(dmesg)"
	rm "$dropin"
	# The same list again
	load $HIDE
	careful "without it all is as before"
	unload
	: >"$dropin"
	nothing_taken "of an empty file"
	rm "$dropin"
	mkdir "$dropin"
	nothing_taken "of a directory"
	rmdir "$dropin"
	no_files
}

# nothing_taken TEXT [SENTENCE]: of this drop-in, which the log says; all is as without it.
nothing_taken() {
	dmesg -c >/dev/null
	timeout 20 insmod /nacc/nacc.ko $HIDE
	part "insmod's status" 0 $?
	part "what was learned" 0 "$(status writers_learned)"
	part_like "its sentence" "*$dropin ${2:-is empty, or no file}: nothing is taken*" "$(dmesg)"
	careful "$1 nothing is taken"
	unload
}

# Nobody writes to a pipe or answers a socket; a link may lead anywhere.
no_files() {
	mkfifo "$dropin"
	nothing_taken "of a pipe, which is not waited for,"
	rm "$dropin"
	mkfifo /tmp/pipe
	ln -s /tmp/pipe "$dropin"
	chmod go-w /tmp
	nothing_taken "of a link to one"
	rm "$dropin" /tmp/pipe
	mknod "$dropin" c 1 5
	nothing_taken "of a device that has no end"
	rm "$dropin"
	ln -s /nowhere/at/all "$dropin"
	nothing_taken "of a link that leads to nothing" "leads to nothing"
	rm "$dropin"
	ln -s "$dropin" "$dropin"
	nothing_taken "of one that leads to itself" "leads to nothing"
	rm "$dropin"
}

# no_load TEXT SENTENCE LINE...: a drop-in of these lines is refused, with the module.
no_load() {
	local text="$1" says="$2"
	shift 2
	printf '%s\n' "$@" >"$dropin"
	dmesg -c >/dev/null
	insmod /nacc/nacc.ko $HIDE 2>/dev/null
	part "its status" 22 $?
	part_like "its sentence" "*nacc: $dropin$says*" "$(dmesg)"
	loaded
	part "not loaded" 1 $?
	whole "$text"
}

nonsense() {
	no_load "a line of nonsense" ", line 2: neither the name of a function nor \"complete\"*" "# of $dropin" "zap me"
	no_load "a path" ", line 1: neither the name*" /etc/passwd
	no_load "a function that there is not" ": this kernel has no function frobnicate: take the line out*" complete frobnicate
	# shellcheck disable=SC2046
	no_load "too many" ", line 257: more than 256 names*" $(awk 'BEGIN { while (i++ < 257) print "f" i }')
	printf 'comp\0lete\n' >"$dropin"
	dmesg -c >/dev/null
	insmod /nacc/nacc.ko $HIDE 2>/dev/null
	is "a zero byte: not loaded" 1 "$(loaded; echo $?)"
	like "and says so" "*$dropin is no text*" "$(dmesg)"
	head -c 70000 /dev/zero | tr '\0' '#' >"$dropin"
	insmod /nacc/nacc.ko $HIDE 2>/dev/null
	is "a file that is too large: not loaded" 1 "$(loaded; echo $?)"
	rm "$dropin"
}

# no_trust TEXT: a drop-in that others than root may write is not read.
no_trust() {
	dmesg -c >/dev/null
	insmod /nacc/nacc.ko $HIDE 2>/dev/null
	part "its status" 1 $?
	part_like "its sentence" "*nacc: $dropin, or the folder that it is in, can be written by others than root: chown root, chmod go-w*" "$(dmesg)"
	loaded
	part "not loaded" 1 $?
	whole "$1: not read, not loaded"
}

others() {
	echo complete >"$dropin"
	chmod 666 "$dropin"
	no_trust "a file that all may write"
	chmod 664 "$dropin"
	no_trust "that a group may write"
	chmod 644 "$dropin"
	chown 1000 "$dropin"
	no_trust "that is somebody else's"
	chown 0 "$dropin"
	chmod 777 "${dropin%/*}"
	no_trust "in a folder that all may write"
	chmod 755 "${dropin%/*}"
	mkdir -m 777 /tmp/all
	mv "$dropin" /tmp/all/list
	ln -s /tmp/all/list "$dropin"
	no_trust "that is a link into one"
	chmod 755 /tmp/all
	chown -h 1000 "$dropin"
	no_trust "a link that is somebody else's"
	chown -h 0 "$dropin"
	mv "$dropin" /tmp/all/link
}

cure() {
	mkdir -p "${dropin%/*}"
	nonsense
	others
	echo "$learned" | tr , '\n' >"$dropin"
	load $HIDE
	at_least "what was learned is taken" 1 "$(status writers_learned)"
	careful "but nobody has said that it is all"
	unload
	echo "complete # as far as this test can tell" >>"$dropin"
	dmesg -c >/dev/null
	load $HIDE
	is "no sentence" 0 "$(sentences)"
	is "provenance is enforced" "enforce -" "$(status provenance) $(status writers_missing)"
	exits "the doctor is content" 0 nacc doctor
	like "and says by what" "*names in /etc/nacc/writers.d*" "$(nacc doctor)"
	# shellcheck disable=SC2016
	exits "marked processes come and go" 7 \
		nacc run -- sh -c 'for i in 1 2 3 4 5 6 7 8; do busybox true; done; exit 7'
	is "nothing was refused" 0 "$(refused_since)"
	is "nor recorded" "" "$(nacc audit --learn --format=writers.d | grep -v '^#')"
	unload
	mv "$dropin" /tmp/all/list
	mv /tmp/all/link "$dropin"
	load $HIDE
	is "a link to a file that is root's alone is taken" "enforce -" "$(status provenance) $(status writers_missing)"
	unload
	# The module knows them by itself, and what was learned does no harm.
	load
	is "with nothing hidden the same list" "enforce yes" "$(status provenance) $(status locked)"
	unload
}

# One that is found by what it calls, alone: all essential ones are there.
named() {
	HIDE=hide_writers=insert_pfn
	load $HIDE
	is "one sentence says so" 1 "$(sentences)"
	careful "a function that makes entries and is not known is enough"
	is "it is what there is to learn" insert_pfn "$(nacc audit --learn --format=writers.d)"
	unload
}

case $learned in
learn) missing=unmap,insert_pfn learn ;;
named) missing=insert_pfn named ;;
*) missing=unmap cure ;;
esac
kernel_log_clean
finish
