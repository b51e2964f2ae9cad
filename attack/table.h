/*
 * table.h - ACTS(): function act_..., words, system call, flags.
 *
 * The call is the one that the act stands or falls with: by its number and an
 * errno the policies' tables tell whether a filter answered.
 */
#ifndef ATTACK_TABLE_H
#define ATTACK_TABLE_H

#define ACTS_FILES(ACT)							\
	ACT(passwd_read, "read /etc/passwd", SYS_openat, 0)		\
	ACT(passwd_openat2, "read /etc/passwd by openat2", SYS_openat2, 0) \
	ACT(passwd_high, "the same, high half of flags set", SYS_openat, 0) \
	ACT(root_list, "list the root directory", SYS_openat, 0)	\
	ACT(root_stat, "see whether a file exists outside", SYS_newfstatat, 0) \
	ACT(root_up, "leave by .. from each descriptor", SYS_openat, 0)	\
	ACT(root_up_path, "leave by .. with O_PATH", SYS_openat, 0)	\
	ACT(root_fchdir, "enter a directory that it holds", SYS_fchdir, 0) \
	ACT(root_chroot, "chroot", SYS_chroot, ACT_APART)		\
	ACT(root_pivot, "pivot_root", SYS_pivot_root, ACT_APART)	\
	ACT(create_outside, "create a file outside its root", SYS_openat, 0) \
	ACT(create_tmp, "create a file in /tmp", SYS_openat, 0)		\
	ACT(create_unnamed, "make an unnamed file", SYS_openat, 0)	\
	ACT(create_setuid, "create a setuid file", SYS_openat, 0)	\
	ACT(mkdir_setgid, "make a setgid directory", SYS_mkdirat, 0)	\
	ACT(mkdir_outside, "make a directory outside", SYS_mkdirat, 0)	\
	ACT(node_device, "make a device node", SYS_mknodat, 0)		\
	ACT(node_fifo, "make a fifo", SYS_mknodat, 0)			\
	ACT(link_symbolic, "read through a link that leads out", SYS_symlinkat, \
	    0)								\
	ACT(link_hard, "hard-link a file from outside", SYS_linkat, 0)	\
	ACT(link_descriptor, "give a held file a name", SYS_linkat,	\
	    ACT_FILE)							\
	ACT(victim_read, "read a file of the directory", SYS_openat, 0)	\
	ACT(victim_write, "overwrite a file of it", SYS_openat, 0)	\
	ACT(victim_truncate, "truncate a file of it", SYS_truncate, 0)	\
	ACT(victim_unlink, "remove a file of it", SYS_unlinkat, 0)	\
	ACT(victim_rename, "rename a file of it", SYS_renameat2, 0)	\
	ACT(victim_chmod, "change a file's mode", SYS_fchmodat, 0)	\
	ACT(victim_xattr, "set an extended attribute", SYS_setxattr, 0)	\
	ACT(file_chmod, "change a held file's mode", SYS_fchmod, ACT_FILE) \
	ACT(file_chmod2, "the same by fchmodat2", NR_fchmodat2, ACT_FILE) \
	ACT(file_chown, "change a held file's owner", SYS_fchown, ACT_FILE) \
	ACT(file_write, "write to a read-only descriptor", SYS_write,	\
	    ACT_FILE)							\
	ACT(file_setfl, "make a descriptor writable by F_SETFL", SYS_fcntl, \
	    ACT_FILE)							\
	ACT(file_reopen, "reopen it writable by /proc/self/fd", SYS_openat, \
	    ACT_FILE)							\
	ACT(file_handle, "reopen it by a file handle", SYS_open_by_handle_at, \
	    ACT_FILE)							\
	ACT(file_lease, "take a lease on a held file", SYS_fcntl, ACT_FILE) \
	ACT(file_lock, "lock a held file", SYS_flock, ACT_FILE)		\
	ACT(file_ioctl, "use ioctl on a held file", SYS_ioctl, ACT_FILE) \
	ACT(file_splice, "splice a held file", SYS_splice, ACT_FILE)	\
	ACT(file_sendfile, "sendfile a held file", SYS_sendfile, ACT_FILE) \
	ACT(input_write, "write to its sealed input", SYS_write, ACT_INPUT) \
	ACT(input_map, "map its input to write", SYS_mmap, ACT_INPUT)	\
	ACT(slots_grow, "enlarge the slots", SYS_ftruncate, ACT_SLOTS)	\
	ACT(slots_shrink, "shrink the slots under the manager",	\
	    SYS_ftruncate, ACT_SLOTS)					\
	ACT(slots_beyond, "write beyond the last slot", SYS_write, ACT_SLOTS) \
	ACT(slots_seal, "change the slots' seals", SYS_fcntl, ACT_SLOTS) \
	ACT(slots_punch, "punch a hole into the slots", SYS_fallocate,	\
	    ACT_SLOTS)							\
	ACT(proc_self, "read /proc/self/maps", SYS_openat, 0)		\
	ACT(proc_other, "read /proc of another process", SYS_openat, 0)	\
	ACT(proc_mem, "open another's memory in /proc", SYS_openat, 0)	\
	ACT(proc_sys, "open a kernel setting to write", SYS_openat, 0)	\
	ACT(dev_mem, "open /dev/mem", SYS_openat, 0)			\
	ACT(dev_tty, "push input into a terminal (TIOCSTI)", SYS_ioctl, 0) \
	ACT(dev_tty_high, "the same, high half of the number set",	\
	    SYS_ioctl, 0)						\
	ACT(watch_inotify, "watch files (inotify)", SYS_inotify_init1, 0) \
	ACT(watch_fanotify, "watch mounts (fanotify)", SYS_fanotify_init, 0) \
	ACT(mount_tmpfs, "mount a file system", SYS_mount, ACT_APART)	\
	ACT(mount_writable, "remount its root writable", SYS_mount, ACT_APART) \
	ACT(mount_detach, "unmount its root", SYS_umount2, ACT_APART)	\
	ACT(mount_fsopen, "mount by fsopen", SYS_fsopen, ACT_APART)	\
	ACT(mount_tree, "copy a mount by open_tree", SYS_open_tree, ACT_APART) \
	ACT(mount_setattr, "change a mount by mount_setattr",		\
	    SYS_mount_setattr, ACT_APART)				\
	ACT(mount_list, "list mounts (statmount, listmount)", NR_listmount, \
	    ACT_REACHES)						\
	ACT(quota, "use quotactl", SYS_quotactl, ACT_REACHES)

#define ACTS_PROCESSES(ACT)						\
	ACT(exec_program, "run a program", SYS_execve, ACT_EXECS)	\
	ACT(exec_gpg, "run gpg", SYS_execve, ACT_EXECS)			\
	ACT(exec_descriptor, "run a descriptor (execveat)", SYS_execveat, \
	    ACT_EXECS)							\
	ACT(exec_memory, "run a program from memory", SYS_memfd_create,	\
	    ACT_EXECS)							\
	ACT(fork, "make a process", SYS_clone, 0)			\
	ACT(fork_high, "the same, high half of flags set", SYS_clone, 0) \
	ACT(fork_vfork, "make a process sharing its memory", SYS_clone, 0) \
	ACT(fork_thread, "make a thread", SYS_clone, 0)			\
	ACT(fork_stays, "leave a process behind", SYS_clone, ACT_STAYS)	\
	ACT(clone_user, "a process in a new user namespace", SYS_clone, 0) \
	ACT(clone_all, "a process in new namespaces of all kinds",	\
	    SYS_clone, 0)						\
	ACT(clone3_user, "a new user namespace by clone3", SYS_clone3, 0) \
	ACT(unshare_user, "unshare a user namespace", SYS_unshare, 0)	\
	ACT(unshare_net, "unshare a network namespace", SYS_unshare,	\
	    ACT_APART)							\
	ACT(setns, "join a namespace", SYS_setns, ACT_REACHES)		\
	ACT(ptrace_other, "trace another process", SYS_ptrace, 0)	\
	ACT(ptrace_self, "ask to be traced", SYS_ptrace, 0)		\
	ACT(vm_read, "read another's memory", SYS_process_vm_readv, 0)	\
	ACT(vm_write, "write another's memory", SYS_process_vm_writev, 0) \
	ACT(pidfd_open, "get a pidfd of another", SYS_pidfd_open, 0)	\
	ACT(pidfd_getfd, "take another's descriptor", SYS_pidfd_getfd, 0) \
	ACT(kcmp, "compare kernel objects", SYS_kcmp, 0)		\
	ACT(kill_other, "signal another process", SYS_kill, 0)		\
	ACT(kill_all, "signal everybody", SYS_kill, 0)			\
	ACT(kill_thread, "signal another by tgkill", SYS_tgkill, 0)	\
	ACT(prlimit_other, "see another's limits", SYS_prlimit64, 0)	\
	ACT(prlimit_raise, "raise its own limits", SYS_prlimit64, 0)	\
	ACT(priority_other, "change another's priority", SYS_setpriority, 0) \
	ACT(schedule, "change its scheduling class", SYS_sched_setscheduler, \
	    0)								\
	ACT(affinity_other, "pin another to a processor",		\
	    SYS_sched_setaffinity, 0)					\
	ACT(move_pages, "move another's pages", SYS_move_pages, 0)	\
	ACT(madvise_other, "advise about another's memory",		\
	    SYS_process_madvise, ACT_REACHES)				\
	ACT(setuid_root, "become root (setuid)", SYS_setuid, 0)		\
	ACT(setresuid_other, "become another user", SYS_setresuid, 0)	\
	ACT(setgroups, "change its groups", SYS_setgroups, 0)		\
	ACT(capset_all, "take capabilities", SYS_capset, 0)		\
	ACT(prctl_ambient, "take an ambient capability", SYS_prctl, 0)	\
	ACT(prctl_dumpable, "become dumpable", SYS_prctl, 0)		\
	ACT(prctl_privs, "switch no_new_privs off", SYS_prctl, 0)	\
	ACT(prctl_high, "become dumpable, high half set", SYS_prctl, 0)	\
	ACT(prctl_mm, "change its memory map (PR_SET_MM)", SYS_prctl,	\
	    ACT_REACHES)						\
	ACT(prctl_death, "undo its death with its parent", SYS_prctl, 0) \
	ACT(prctl_reaper, "adopt orphans", SYS_prctl, 0)		\
	ACT(seccomp_listen, "supervise calls (seccomp listener)",	\
	    SYS_seccomp, 0)						\
	ACT(personality, "change its personality", SYS_personality, 0)	\
	ACT(session, "start a session", SYS_setsid, 0)			\
	ACT(core, "allow itself core dumps", SYS_prlimit64, 0)

#define ACTS_MEMORY(ACT)						\
	ACT(map_exec, "map executable memory", SYS_mmap, 0)		\
	ACT(map_exec_high, "the same, high half of prot set", SYS_mmap, 0) \
	ACT(map_exec_file, "map a file to execute", SYS_mmap, 0)	\
	ACT(protect_exec, "make memory executable", SYS_mprotect, 0)	\
	ACT(protect_pkey, "the same by pkey_mprotect", SYS_pkey_mprotect, 0) \
	ACT(protect_stack, "make the stack executable", SYS_mprotect, 0) \
	ACT(map_shadow, "map a shadow stack", NR_map_shadow_stack, 0)	\
	ACT(memfd, "make a file in memory", SYS_memfd_create, 0)	\
	ACT(memfd_secret, "make secret memory", NR_memfd_secret, 0)	\
	ACT(shm, "make System V shared memory", SYS_shmget, 0)		\
	ACT(remap, "remap file pages", SYS_remap_file_pages, 0)		\
	ACT(mlock, "lock memory beyond the limit", SYS_mlock, 0)	\
	ACT(userfault, "handle page faults (userfaultfd)", SYS_userfaultfd, \
	    0)								\
	ACT(splice_memory, "splice memory (vmsplice)", SYS_vmsplice, 0)	\
	ACT(exhaust_memory, "map 4 GiB", SYS_mmap, 0)			\
	ACT(exhaust_descriptors, "open 2,000 descriptors", SYS_fcntl, 0) \
	ACT(exhaust_processes, "make 200 processes", SYS_clone, ACT_APART) \
	ACT(exhaust_file, "make a file of 65 GiB", SYS_openat, 0)

#define ACTS_SOCKETS(ACT)						\
	ACT(socket_tcp, "make a TCP socket", SYS_socket, 0)		\
	ACT(socket_udp, "make a UDP socket", SYS_socket, 0)		\
	ACT(socket_tcp6, "make a TCP socket, IPv6", SYS_socket, 0)	\
	ACT(socket_raw, "make a raw socket", SYS_socket, 0)		\
	ACT(socket_ping, "make a ping socket", SYS_socket, ACT_REACHES)	\
	ACT(socket_mptcp, "make a multipath TCP socket", SYS_socket,	\
	    ACT_REACHES)						\
	ACT(socket_sctp, "make an SCTP socket", SYS_socket, ACT_REACHES) \
	ACT(socket_unix, "make a local socket", SYS_socket, 0)		\
	ACT(socket_unix_high, "the same, high half of the family set",	\
	    SYS_socket, 0)						\
	ACT(socket_abstract, "meet others at an abstract socket",	\
	    SYS_socket, 0)						\
	ACT(socket_pair, "make a socket pair", SYS_socketpair, 0)	\
	ACT(socket_netlink, "make a netlink socket", SYS_socket, 0)	\
	ACT(socket_packet, "make a packet socket", SYS_socket, 0)	\
	ACT(socket_alg, "use the kernel's ciphers (AF_ALG)", SYS_socket, 0) \
	ACT(socket_vsock, "make a virtual machine socket", SYS_socket, 0) \
	ACT(socket_others, "make a socket of a rare family", SYS_socket, \
	    ACT_REACHES)						\
	ACT(connect_tcp, "connect to this machine", SYS_connect, 0)	\
	ACT(send_udp, "send a datagram (DNS)", SYS_sendto, 0)		\
	ACT(bind_port, "bind a port", SYS_bind, 0)			\
	ACT(listen_port, "listen", SYS_listen, 0)			\
	ACT(accept_any, "accept a connection", SYS_accept4, ACT_REACHES) \
	ACT(option_filter, "attach a filter to a socket", SYS_setsockopt, 0) \
	ACT(option_multicast, "join a multicast group", SYS_setsockopt, 0) \
	ACT(option_fastopen, "have connect() put off (fast open)",	\
	    SYS_setsockopt, 0)						\
	ACT(held_connect, "connect its socket elsewhere", SYS_connect,	\
	    ACT_SOCKET)							\
	ACT(held_sendto, "send elsewhere by MSG_FASTOPEN", SYS_sendto,	\
	    ACT_SOCKET)							\
	ACT(held_sendmsg, "the same by sendmsg", SYS_sendmsg, ACT_SOCKET) \
	ACT(held_sendmmsg, "the same by sendmmsg", SYS_sendmmsg, ACT_SOCKET) \
	ACT(held_address, "sendmsg with an address", SYS_sendmsg, ACT_SOCKET) \
	ACT(held_listen, "listen on its socket", SYS_listen, ACT_SOCKET) \
	ACT(channel_peer, "get a pidfd of its manager (SO_PEERPIDFD)",	\
	    SYS_getsockopt, 0)						\
	ACT(channel_who, "ask who its manager is (SO_PEERCRED)",	\
	    SYS_getsockopt, 0)						\
	ACT(channel_descriptors, "hand descriptors to the manager",	\
	    SYS_sendmsg, 0)						\
	ACT(channel_garbage, "send what is no record", SYS_sendmsg, 0)

#define ACTS_KERNEL(ACT)						\
	ACT(bpf, "load a BPF map", SYS_bpf, 0)				\
	ACT(perf, "count performance events", SYS_perf_event_open, 0)	\
	ACT(io_uring, "set up io_uring", SYS_io_uring_setup, 0)		\
	ACT(aio, "set up asynchronous I/O", SYS_io_setup, 0)		\
	ACT(key_add, "add a key to a keyring", SYS_add_key, 0)		\
	ACT(key_request, "ask for a key", SYS_request_key, ACT_REACHES)	\
	ACT(key_session, "replace its parent's keyring", SYS_keyctl, 0)	\
	ACT(module_init, "load a kernel module", SYS_init_module,	\
	    ACT_REACHES)						\
	ACT(module_file, "load one from a file", SYS_finit_module,	\
	    ACT_REACHES)						\
	ACT(module_delete, "remove a kernel module", SYS_delete_module,	\
	    ACT_REACHES)						\
	ACT(kexec, "load another kernel", SYS_kexec_load, ACT_REACHES)	\
	ACT(reboot, "reboot", SYS_reboot, ACT_APART | ACT_REACHES)	\
	ACT(swap, "switch swapping on", SYS_swapon, ACT_REACHES)	\
	ACT(account, "switch accounting on", SYS_acct, ACT_REACHES)	\
	ACT(clock, "set the clock", SYS_settimeofday, ACT_REACHES)	\
	ACT(hostname, "rename the host", SYS_sethostname, ACT_APART)	\
	ACT(syslog, "read the kernel's log", SYS_syslog, 0)		\
	ACT(message_queue, "make a message queue", SYS_mq_open, 0)	\
	ACT(ipc_message, "make a System V message queue", SYS_msgget, 0) \
	ACT(lsm_self, "ask security modules", NR_lsm_get_self_attr,	\
	    ACT_REACHES)						\
	ACT(newest, "make a call that no list knows yet", 500, ACT_REACHES) \
	ACTS_X86(ACT)

#ifdef __x86_64__
#define ACTS_X86(ACT)							\
	ACT(port_ioperm, "reach I/O ports (ioperm)", SYS_ioperm, 0)	\
	ACT(port_iopl, "reach I/O ports (iopl)", SYS_iopl, 0)		\
	ACT(ldt, "change segments (modify_ldt)", SYS_modify_ldt, 0)	\
	ACT(abi_x32, "make a call of the x32 ABI", NR_NONE, 0)		\
	ACT(abi_32, "make a 32-bit call (int 0x80)", NR_NONE, 0)	\
	ACT(abi_32_exec, "32-bit exec (its number is munmap's)", NR_NONE, 0)
#else
#define ACTS_X86(ACT)
#endif

#define ACTS(ACT)							\
	ACTS_FILES(ACT) ACTS_PROCESSES(ACT) ACTS_MEMORY(ACT)		\
	ACTS_SOCKETS(ACT) ACTS_KERNEL(ACT)

#endif /* ATTACK_TABLE_H */
