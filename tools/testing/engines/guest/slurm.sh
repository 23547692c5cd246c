# SPDX-License-Identifier: GPL-2.0
# Slurm with two nodes on this machine; the user asks, root never starts a job.
# shellcheck shell=bash disable=SC2154
# shellcheck source=lib.sh
. engines/lib.sh
row "Slurm"

# Processes of jobs: the programs of that command line that belong to the user. Of a task
# slurmd makes the first word a path.
tasks() { pgrep -u 1000 -x -f "(/usr/bin/)?$1"; }
task() { tasks "$1" | tail -n 1; }
task_runs() { [ -n "$(task "$1")" ]; }
tasks_are() { [ "$(tasks "$1" | wc -l)" = "$2" ]; }
# Each task of a step is a domain, but nobody in the task's cgroup is in none.
step_protected() {
	local other
	while read -r other; do
		part "$1: process $other is in a domain" yes "$([ -n "$(domain_of "$other")" ] && echo yes)"
	done <"$(cgroup_of "$2")/cgroup.procs"
	whole "$1: all in its cgroup are in a domain"
}
# The process of a job by the name of its domain, and whether that is another one by now.
job_task() {
	awk -v d="$(awk -v n="$1" '$5 == n { print $1 }' /proc/nacc/domains | tail -n 1)" \
		'$1 == d && $5 == "sleep" { print $2 }' /proc/nacc/mms | tail -n 1
}
# Slurm lets such a job wait for minutes.
runs_anew() {
	local pid
	scontrol update "jobid=$1" StartTime=now >/dev/null 2>&1
	pid=$(job_task "slurm-$1.batch")
	[ -n "$pid" ] && [ "$pid" != "$2" ]
}
queue_empty() { [ -z "$(as_user squeue -h)" ]; }
nodes_idle() { [ "$(sinfo -h -o '%T %D')" = "idle 2" ]; }
start_nodes() {
	local n
	for n in n1 n2; do
		mkdir -p /var/lib/slurm/slurmd-$n
		systemd-run -q --unit slurmd-$n -p Delegate=yes -p KillMode=process slurmd -D -N $n
	done
	wait_for 60 nodes_idle
}
srun_nacc() { as_user srun --nacc "$@"; }

column run
mkdir -p /etc/slurm /var/lib/slurm/slurmctld
chown slurm: /var/lib/slurm /var/lib/slurm/slurmctld
cat >/etc/slurm/slurm.conf <<-'EOC'
	ClusterName=nacc
	SlurmctldHost=engines
	SlurmUser=slurm
	StateSaveLocation=/var/lib/slurm/slurmctld
	SlurmdSpoolDir=/var/lib/slurm/slurmd-%n
	SlurmdPidFile=/run/slurmd-%n.pid
	SlurmdLogFile=/var/log/slurmd-%n.log
	SlurmctldLogFile=/var/lib/slurm/slurmctld.log
	ProctrackType=proctrack/cgroup
	TaskPlugin=task/cgroup
	SelectType=select/cons_tres
	SelectTypeParameters=CR_CPU_Memory
	ReturnToService=2
	SlurmdParameters=config_overrides
	MinJobAge=30
	SlurmdTimeout=600
	NodeName=n[1-2] NodeHostname=engines NodeAddr=127.0.0.1 Port=[17001-17002] CPUs=4 RealMemory=400
	PartitionName=all Nodes=ALL Default=YES State=UP DefMemPerCPU=50
EOC
printf 'ConstrainRAMSpace=yes\n' >/etc/slurm/cgroup.conf
cp /usr/share/nacc/plugstack.conf /etc/slurm/plugstack.conf
exits "munge and slurmctld start" 0 systemctl start munge slurmctld
start_nodes
is "two slurmd are there" "idle 2" "$(sinfo -h -o '%T %D')" || tail -n 20 /var/log/slurmd-n*.log | told
exits "srun --nacc: its exit status comes through" 7 srun_nacc sh -c 'echo hello; exit 7'
like "its output" "hello*" "$out"
srun_nacc -N 2 -n 2 sleep 1000 2>$T/srun.err &
wait_for 60 tasks_are "sleep 1000" 2
is "a job runs on both" 2 "$(tasks "sleep 1000" | wc -l)" || {
	told <$T/srun.err
	tail -n 20 /var/log/slurmd-n*.log /var/lib/slurm/slurmctld.log | told
}
one=$(task "sleep 1000")
job=$(as_user squeue -h -o %A | head -n 1)
for pid in $(tasks "sleep 1000"); do
	protected "a task of a job on two nodes" "$pid"
	step_protected "a task of a job on two nodes" "$pid"
	labelled "the label is the job's" "slurm-$job.0" "$pid"
done

column exec
as_user srun --overlap --jobid "$job" --nacc -N 1 -n 1 sleep 2000 2>/dev/null &
wait_for 60 task_runs "sleep 2000"
protected "another step in the same job" "$(task "sleep 2000")"
labelled "its label" "slurm-$job.1" "$(task "sleep 2000")"

column unprivileged
is "whose the tasks are" 1000 "$(uid_of "$one")"
is "they have no capability" 0000000000000000 "$(awk '$1 == "CapEff:" { print $2 }' "/proc/$one/status")"

column limits
exits "a job with a limit of memory" 0 as_user sbatch --nacc --mem 64 -o /dev/null --wrap "sleep 4000"
wait_for 60 task_runs "sleep 4000"
is "--mem is in its cgroup" yes "$(cat "/sys/fs/cgroup$(cut -d: -f3 "/proc/$(task "sleep 4000")/cgroup")"/../memory.max \
	"/sys/fs/cgroup$(cut -d: -f3 "/proc/$(task "sleep 4000")/cgroup")"/../../memory.max 2>/dev/null | grep -qx $((64 << 20)) && echo yes)"
protected "it" "$(task "sleep 4000")"

column attack
as_user srun -n 1 --mem 10 sleep 5000 2>/dev/null &
wait_for 60 task_runs "sleep 5000"
is "a job that has not asked for it is not marked" "" "$(domain_of "$(task "sleep 5000")")"
attack_refused "$one" "$(task "sleep 5000")"
as_user scancel -u user
wait_for 60 queue_empty

column restart
exits "an array of jobs" 0 as_user sbatch --nacc --mem 20 --array 1-3 --requeue -o /dev/null --wrap "sleep 6000"
array=${out##* }
wait_for 60 tasks_are "sleep 6000" 3
is "nacc ps has each job by its name" "slurm-${array}_1.batch slurm-${array}_2.batch slurm-${array}_3.batch" \
	"$(nacc ps | awk '$6 == "sleep" { print $3 }' | sort | xargs)"
old=$(job_task "slurm-${array}_1.batch") other=$(job_task "slurm-${array}_2.batch")
exits "a job is put into the queue again" 0 scontrol requeue "${array}_1"
wait_for 300 runs_anew "${array}_1" "$old"
is "it runs again, as another process" yes "$(runs_anew "${array}_1" "$old" && echo yes)"
again=$(job_task "slurm-${array}_1.batch")
protected "it" "$again"
is "which runs its program" "sleep 6000" "$(tr '\0' ' ' <"/proc/$again/cmdline" | sed 's/ $//')"
systemctl kill -s KILL slurmctld
systemctl restart slurmctld
is "kill -9 of slurmctld: the jobs go on" yes "$(runs "$other" && echo yes)"
protected "as before" "$other"
as_user scancel -u user
wait_for 60 queue_empty
echo "required nacc.so all" >/etc/slurm/plugstack.conf
systemctl stop slurmd-n1 slurmd-n2
start_nodes
as_user srun -n 1 --mem 20 sleep 7000 2>/dev/null &
wait_for 60 task_runs "sleep 7000"
protected "plugstack.conf with 'all': a job that has not asked for it" "$(task "sleep 7000")"
as_user scancel -u user
wait_for 60 queue_empty

column frames
frames_back

column refused
does_not_start as_user srun -n 1 --mem 20 echo hello
echo "optional nacc.so all" >/etc/slurm/plugstack.conf
systemctl stop slurmd-n1 slurmd-n2
start_nodes
starts_nothing as_user srun -n 1 --mem 20 echo hello
like "with 'optional', too, the engine says why" "*/dev/nacc is missing*" "$(cat $T/out)"
systemctl stop slurmd-n1 slurmd-n2 slurmctld munge
finish_engine
