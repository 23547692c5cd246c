# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh disable=SC2154,SC2034
# The cases of check.sh about names of system calls: calls.tbl against the kernel's headers.
grep -v '^#' "$top/calls.tbl" | sort >"$tmp/table"
: >"$tmp/err"

! grep -vqE '^[0-9]+ [a-z][a-z0-9_]*$' "$tmp/table"
verdict "calls.tbl is numbers and names" $?
[ -z "$(cut -d' ' -f1 "$tmp/table" | uniq -d)$(cut -d' ' -f2 "$tmp/table" | sort | uniq -d)" ]
verdict "none is there twice" $?
# The last of Linux 7.2, and two of riscv64's own
for call in '471 rseq_slice_yield' '258 riscv_hwprobe' '259 riscv_flush_icache'; do
	grep -qx "$call" "$tmp/table"
	verdict "calls.tbl has $call" $?
done

# headers FILE WHOSE: each call that these have is in the table, by that number
headers() {
	sort "$1" | comm -23 - "$tmp/table" >"$tmp/out"
	[ -s "$1" ] && [ ! -s "$tmp/out" ]
	verdict "calls.tbl has $(wc -l <"$1") calls of $2" $?
}

# What asm/unistd.h of riscv64 asks of the generic list, whose numbers may be other macros
want='NEW_STAT SET_GET_RLIMIT SYS_CLONE3 MEMFD_SECRET'
{
	for one in $want; do echo "#define __ARCH_WANT_$one"; done
	echo '#include <asm-generic/unistd.h>'
} >"$tmp/generic.h"
${CC:-cc} -E -dM "$tmp/generic.h" | sed -n 's/^#define __NR_\([a-z][a-z0-9_]*\) .*/\1/p' |
	grep -vxE 'syscalls|arch_specific_syscall' |
	sed 's/.*/call __NR_& &/' | cat "$tmp/generic.h" - | ${CC:-cc} -E -P -x c - |
	sed -n 's/^call \([0-9]*\) /\1 /p' >"$tmp/generic"
headers "$tmp/generic" "this machine's generic list"

# riscv64's own, of every kernel that is here
for file in "$top"/../../build/headers/usr/src/*/arch/riscv/include/generated/uapi/asm/unistd_64.h \
	"$top"/../../build/kernels/*/headers/usr/src/*/arch/riscv/include/generated/uapi/asm/unistd_64.h \
	"$top"/../../build/sysroot/usr/include/riscv64-linux-gnu/asm/unistd_64.h \
	/usr/include/riscv64-linux-gnu/asm/unistd_64.h /usr/riscv64-linux-gnu/include/asm/unistd_64.h \
	${NACC_UNISTD:-}; do
	[ -f "$file" ] || continue
	"$here/calls_of.sh" "$file" >"$tmp/own"
	headers "$tmp/own" "${file#"$top"/../../}"
done
