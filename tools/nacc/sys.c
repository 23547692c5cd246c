// SPDX-License-Identifier: GPL-2.0
/*
 * The system calls that the command's tests replace, and nothing else.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <unistd.h>

#include "sys.h"
#include "../libnacc/include/nacc.h"

/**
 * sys_open - open(2)
 * @path: absolute path
 * @flags: O_*
 *
 * Return: a descriptor, or -1 with errno.
 */
int sys_open(const char *path, int flags)
{
	return open(path, flags | O_CLOEXEC);
}

/**
 * sys_opendir - opendir(3)
 * @path: absolute path
 *
 * Return: the directory, or NULL with errno.
 */
DIR *sys_opendir(const char *path)
{
	return opendir(path);
}

/**
 * sys_ioctl - ioctl(2)
 * @fd: descriptor of /dev/nacc
 * @req: NACC_IOC_*
 * @arg: its structure
 *
 * Return: 0, or -1 with errno.
 */
int sys_ioctl(int fd, unsigned long req, void *arg)
{
	return ioctl(fd, req, arg);
}

/**
 * sys_pidfd_open - pidfd_open(2); close-on-exec by definition
 * @pid: process
 *
 * Return: a descriptor, or -1 with errno.
 */
int sys_pidfd_open(int pid)
{
	return (int)syscall(SYS_pidfd_open, pid, 0);
}

/**
 * sys_online_cpus - harts that Linux runs on now
 *
 * Return: their number, or -1.
 */
int sys_online_cpus(void)
{
	return (int)sysconf(_SC_NPROCESSORS_ONLN);
}

/**
 * sys_pause - wait
 * @ms: milliseconds
 */
void sys_pause(unsigned int ms)
{
	usleep(ms * 1000);
}

/**
 * sys_machine - what kind of machine this is
 *
 * Return: as uname -m.
 */
const char *sys_machine(void)
{
	static struct utsname uts;

	return uname(&uts) ? "unknown" : uts.machine;
}

/**
 * sys_run - run a program and wait for it
 * @argv: the program, looked for in PATH, and its arguments
 *
 * Return: its exit status, 128 if a signal ended it, or -1: it could not be started.
 */
int sys_run(char *const argv[])
{
	const pid_t pid = fork();
	int status;

	if (!pid) {
		execvp(*argv, argv);
		_exit(127);
	}
	if (pid < 0 || waitpid(pid, &status, 0) != pid)
		return -1;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128;
}

/**
 * sys_connect - a socket for datagrams to somebody
 * @path: of his socket
 *
 * Return: a descriptor, or -1 with errno.
 */
int sys_connect(const char *path)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0), err;

	snprintf(addr.sun_path, sizeof(addr.sun_path), "%s", path);
	if (fd < 0 || !connect(fd, (struct sockaddr *)&addr, sizeof(addr)))
		return fd;
	err = errno;
	close(fd);
	errno = err;
	return -1;
}

/**
 * sys_state - where what is to be remembered until the machine is reset is kept
 * @path: room for the path of that directory, which may not be there
 * @len: how much
 *
 * Return: @path, or NULL: there is no such place for this user.
 */
const char *sys_state(char *path, size_t len)
{
	const char *own = getenv("XDG_RUNTIME_DIR");

	if (!geteuid())
		own = "/run";
	if (!own || *own != '/' || (size_t)snprintf(path, len, "%s/nacc", own) >= len)
		return NULL;
	return path;
}

/**
 * sys_protected - is this process protected?
 *
 * Return: whether it is, as libnacc reads it off the firmware's page: no device is wanted.
 */
int sys_protected(void)
{
	return nacc_protected();
}

/**
 * sys_root - what is put before the path of a file of the system that is changed
 */
const char *sys_root(void)
{
	return "";
}
