#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "jail/jail.h"
#include "verifier/home.h"
#include "verifier/slots.h"

static int
slot_make(int number)
{
	char name[8], data[32], signature[32];

	snprintf(name, sizeof(name), "%d", number);
	snprintf(data, sizeof(data), "%s/" SLOT_DATA, name);
	snprintf(signature, sizeof(signature), "%s/" SLOT_SIGNATURE, name);
	if (mkdir(name, 0700) == -1 || mkfifo(data, 0600) == -1)
		return -errno;
	int fd = open(signature, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd == -1)
		return -errno;
	close(fd);
	return 0;
}

int
slots_open(void)
{
	int error = home_enter("sequoia");

	for (int i = 0; error == 0 && i < JAIL_SLOTS; i++)
		error = slot_make(i);
	return error < 0 ? error : home_create("key");
}
