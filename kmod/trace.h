/* SPDX-License-Identifier: GPL-2.0 */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM nacc

#if !defined(NACC_TRACE_H) || defined(TRACE_HEADER_MULTI_READ)
#define NACC_TRACE_H

#include <linux/mm_types.h>
#include <linux/nacc.h>
#include <linux/tracepoint.h>

TRACE_EVENT(nacc_mark,
	TP_PROTO(u32 domain, pid_t pid, const char *name),
	TP_ARGS(domain, pid, name),
	TP_STRUCT__entry(
		__field(u32, domain)
		__field(pid_t, pid)
		__string(name, name)
	),
	TP_fast_assign(
		__entry->domain = domain;
		__entry->pid = pid;
		__assign_str(name);
	),
	TP_printk("domain=%u pid=%d name=%s", __entry->domain, __entry->pid,
		  __get_str(name))
);

DECLARE_EVENT_CLASS(nacc_move,
	TP_PROTO(const struct mm_struct *mm, phys_addr_t root,
		 unsigned int tables),
	TP_ARGS(mm, root, tables),
	TP_STRUCT__entry(
		__field(const void *, mm)
		__field(u64, root)
		__field(unsigned int, tables)
	),
	TP_fast_assign(
		__entry->mm = mm;
		__entry->root = root;
		__entry->tables = tables;
	),
	TP_printk("mm=%p root=%#llx tables=%u", __entry->mm, __entry->root,
		  __entry->tables)
);

DEFINE_EVENT(nacc_move, nacc_promote,
	TP_PROTO(const struct mm_struct *mm, phys_addr_t root,
		 unsigned int tables),
	TP_ARGS(mm, root, tables)
);

DEFINE_EVENT(nacc_move, nacc_demote,
	TP_PROTO(const struct mm_struct *mm, phys_addr_t root,
		 unsigned int tables),
	TP_ARGS(mm, root, tables)
);

TRACE_EVENT(nacc_adopt,
	TP_PROTO(u64 root, u64 original, u64 twin, unsigned int level),
	TP_ARGS(root, original, twin, level),
	TP_STRUCT__entry(
		__field(u64, root)
		__field(u64, original)
		__field(u64, twin)
		__field(unsigned int, level)
	),
	TP_fast_assign(
		__entry->root = root;
		__entry->original = original;
		__entry->twin = twin;
		__entry->level = level;
	),
	TP_printk("root=%#llx original=%#llx twin=%#llx level=%u",
		  __entry->root, __entry->original, __entry->twin,
		  __entry->level)
);

TRACE_EVENT(nacc_refuse,
	TP_PROTO(u64 seq, u64 pc, u64 addr, u64 old, u64 val,
		 const char *reason, u64 domain, pid_t pid, const char *comm),
	TP_ARGS(seq, pc, addr, old, val, reason, domain, pid, comm),
	TP_STRUCT__entry(
		__field(u64, seq)
		__field(u64, pc)
		__field(u64, addr)
		__field(u64, old)
		__field(u64, val)
		__string(reason, reason)
		__field(u64, domain)
		__field(pid_t, pid)
		__string(comm, comm)
	),
	TP_fast_assign(
		__entry->seq = seq;
		__entry->pc = pc;
		__entry->addr = addr;
		__entry->old = old;
		__entry->val = val;
		__assign_str(reason);
		__entry->domain = domain;
		__entry->pid = pid;
		__assign_str(comm);
	),
	TP_printk("seq=%llu pc=%pS addr=%#llx old=%#llx new=%#llx reason=%s domain=%llu pid=%d comm=%s",
		  __entry->seq, (void *)(unsigned long)__entry->pc,
		  __entry->addr, __entry->old, __entry->val,
		  __get_str(reason), __entry->domain, __entry->pid,
		  __get_str(comm))
);

TRACE_EVENT(nacc_teardown,
	TP_PROTO(u32 domain, u64 root),
	TP_ARGS(domain, root),
	TP_STRUCT__entry(
		__field(u32, domain)
		__field(u64, root)
	),
	TP_fast_assign(
		__entry->domain = domain;
		__entry->root = root;
	),
	TP_printk("domain=%u root=%#llx", __entry->domain, __entry->root)
);

TRACE_EVENT(nacc_forbid,
	TP_PROTO(const struct mm_struct *mm, unsigned long start,
		 unsigned long pages, u32 what),
	TP_ARGS(mm, start, pages, what),
	TP_STRUCT__entry(
		__field(const void *, mm)
		__field(unsigned long, start)
		__field(unsigned long, pages)
		__field(u32, what)
	),
	TP_fast_assign(
		__entry->mm = mm;
		__entry->start = start;
		__entry->pages = pages;
		__entry->what = what;
	),
	TP_printk("mm=%p start=%#lx pages=%lu what=%s", __entry->mm,
		  __entry->start, __entry->pages,
		  __entry->what == NACC_FORBID_PIN ? "pin" : "force-write")
);

#endif /* NACC_TRACE_H */

#undef TRACE_INCLUDE_PATH
#define TRACE_INCLUDE_PATH .
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_FILE trace
#include <trace/define_trace.h>
