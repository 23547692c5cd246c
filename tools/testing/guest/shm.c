// SPDX-License-Identifier: GPL-2.0
/*
 * shm: shm_open(3) + mmap(MAP_SHARED) + fork(2). Parent and child write each
 * other's halves, a third mapping made after the fork sees both.
 */
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common.h"

#define HALF	(64 * PAGE)

int main(void)
{
	char name[32];
	char *map, *other;
	int fd, status;
	pid_t child;

	snprintf(name, sizeof(name), "/nacc-shm-%d", getpid());
	fd = shm_open(name, O_RDWR | O_CREAT | O_EXCL, 0600);
	check(fd >= 0);
	check(!shm_unlink(name));
	check(!ftruncate(fd, 2 * HALF));
	map = mmap(NULL, 2 * HALF, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	check(map != MAP_FAILED);
	fill(map, HALF, 1);

	child = fork();
	check(child >= 0);
	if (!child) {
		if (!filled(map, HALF, 1))
			_exit(2);
		fill(map + HALF, HALF, 2);
		fill(map, PAGE, 3);
		_exit(0);
	}
	check(waitpid(child, &status, 0) == child);
	check(WIFEXITED(status) && WEXITSTATUS(status) == 0);

	other = mmap(NULL, 2 * HALF, PROT_READ, MAP_SHARED, fd, 0);
	check(other != MAP_FAILED);
	for (char *at = map; at; at = at == map ? other : NULL) {
		check(filled(at, PAGE, 3));
		check(filled(at + HALF, HALF, 2));
	}
	check(!memcmp(map, other, 2 * HALF));
	printf("shm: parent and child agree on %lu KiB\n", 2 * HALF / 1024);
	return 0;
}
