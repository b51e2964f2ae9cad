#include <errno.h>
#include <linux/capability.h>
#include <linux/securebits.h>
#include <stdint.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "jail/privileges.h"

#define SECUREBITS							\
	(SECBIT_NOROOT | SECBIT_NOROOT_LOCKED |				\
	    SECBIT_NO_SETUID_FIXUP | SECBIT_NO_SETUID_FIXUP_LOCKED |	\
	    SECBIT_KEEP_CAPS_LOCKED | SECBIT_NO_CAP_AMBIENT_RAISE |	\
	    SECBIT_NO_CAP_AMBIENT_RAISE_LOCKED)

int
privileges_drop(void)
{
	struct __user_cap_header_struct header =
	    { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct none[2] = { { 0 } };

	/* Without CAP_SETPCAP both are refused, and nothing is left to lose:
	 * no_new_privs makes the bounding set and securebits moot. */
	for (unsigned long cap = 0; cap < 64; cap++)
		(void)prctl(PR_CAPBSET_DROP, cap, 0, 0, 0);
	(void)prctl(PR_SET_SECUREBITS, SECUREBITS, 0, 0, 0);
	return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == -1 ||
	    prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) == -1 ||
	    syscall(SYS_capset, &header, none) == -1 ? -errno : 0;
}
