package dev.socketpair.libc;

import java.util.Locale;
import java.util.Set;

import dev.socketpair.NativeBindingException;

/**
 * The numbers and structure layouts of Linux's binary interface on 64-bit systems with
 * the kernel's generic numbers. Those of domains, types, flags and errnos stand in
 * {@link dev.socketpair.SocketDomain}, {@link dev.socketpair.SocketType},
 * {@link dev.socketpair.SocketFlag} and {@link dev.socketpair.Errno}.
 * <p>
 * Sources: {@code asm-generic/socket.h}, {@code asm-generic/fcntl.h},
 * {@code asm-generic/resource.h}, {@code asm-generic/poll.h}, {@code linux/socket.h},
 * {@code asm-generic/ioctls.h}, {@code linux/uio.h}, {@code linux/eventfd.h},
 * {@code linux/eventpoll.h}, {@code linux/un.h}, {@code linux/tipc.h}.
 */
public final class LinuxAbi {

	/** Level of the options of the socket itself. */
	public static final int SOL_SOCKET = 1;

	/** Type of the socket. */
	public static final int SO_TYPE = 3;

	/** Pending error of the socket. */
	public static final int SO_ERROR = 4;

	/** Size of the send buffer. */
	public static final int SO_SNDBUF = 7;

	/** Size of the receive buffer. */
	public static final int SO_RCVBUF = 8;

	/** Process, user and group of the peer. */
	public static final int SO_PEERCRED = 17;

	/** Whether received messages carry the time of their arrival. */
	public static final int SO_TIMESTAMP = 29;

	/** Protocol of the socket. */
	public static final int SO_PROTOCOL = 38;

	/** Domain of the socket. */
	public static final int SO_DOMAIN = 39;

	/** Type of the control message that passes descriptors. */
	public static final int SCM_RIGHTS = 1;

	/** Type of the control message that passes a descriptor of the sending process. */
	public static final int SCM_PIDFD = 4;

	/** Most descriptors in one control message: {@code SCM_MAX_FD}. */
	public static final int SCM_MAX_FD = 253;

	/** Message flag: receive without consuming. */
	public static final int MSG_PEEK = 0x2;

	/** Flag of a received message: control messages were cut off. */
	public static final int MSG_CTRUNC = 0x8;

	/** Message flag: return the real length of a message. */
	public static final int MSG_TRUNC = 0x20;

	/** Message flag: do not block. */
	public static final int MSG_DONTWAIT = 0x40;

	/** Message flag: set close-on-exec on received descriptors. */
	public static final int MSG_CMSG_CLOEXEC = 0x40000000;

	/** Message flag: no {@code SIGPIPE}. */
	public static final int MSG_NOSIGNAL = 0x4000;

	/** The length of the largest message in the domain {@code tipc}. */
	public static final int TIPC_MAX_USER_MSG_SIZE = 66_000;

	/** Shutdown for reading. */
	public static final int SHUT_RD = 0;

	/** Shutdown for writing. */
	public static final int SHUT_WR = 1;

	/** Poll event: there is something to read. */
	public static final short POLLIN = 0x1;

	/** Poll event: there is room to write. */
	public static final short POLLOUT = 0x4;

	/** Poll event: nothing can be read or written any more; always reported. */
	public static final short POLLHUP = 0x10;

	/** Event of epoll: there is something to read. */
	public static final int EPOLLIN = 0x1;

	/** Event of epoll: there is room to write. */
	public static final int EPOLLOUT = 0x4;

	/** Event of epoll: an error is pending; always reported. */
	public static final int EPOLLERR = 0x8;

	/** Event of epoll: the peer has closed; always reported. */
	public static final int EPOLLHUP = 0x10;

	/** Event of epoll: the peer has closed or shut down for writing. */
	public static final int EPOLLRDHUP = 0x2000;

	/** Flag of epoll: disarm after one event. */
	public static final int EPOLLONESHOT = 1 << 30;

	/** Operation of epoll_ctl: watch a descriptor. */
	public static final int EPOLL_CTL_ADD = 1;

	/** Operation of epoll_ctl: watch no longer. */
	public static final int EPOLL_CTL_DEL = 2;

	/** Operation of epoll_ctl: watch for something else. */
	public static final int EPOLL_CTL_MOD = 3;

	/** Command of fcntl: duplicate to a number not below the argument. */
	public static final int F_DUPFD_CLOEXEC = 1030;

	/** Command of fcntl: set the descriptor's flags. */
	public static final int F_SETFD = 2;

	/** Command of fcntl: read the descriptor's flags. */
	public static final int F_GETFD = 1;

	/** Command of fcntl: read the flags of the open file description. */
	public static final int F_GETFL = 3;

	/** Descriptor flag: closed when another program is executed. */
	public static final int FD_CLOEXEC = 1;

	/** Description flag: calls do not wait. */
	public static final int O_NONBLOCK = 0x800;

	/** Flag of dup3: the duplicate is closed when another program is executed. */
	public static final int O_CLOEXEC = 0x80000;

	/** Flag of epoll_create1, equal to {@link #O_CLOEXEC}. */
	public static final int EPOLL_CLOEXEC = O_CLOEXEC;

	/** Flag of eventfd, equal to {@link #O_CLOEXEC}. */
	public static final int EFD_CLOEXEC = O_CLOEXEC;

	/** Request of ioctl: the number of bytes that wait to be read. */
	public static final long FIONREAD = 0x541B;

	/** Request of ioctl: the memory charged for what the peer has not read. */
	public static final long SIOCOUTQ = 0x5411;

	/** Resource: the number of descriptors. */
	public static final int RLIMIT_NOFILE = 7;

	/** Most elements in an array of {@code struct iovec}. */
	public static final int IOV_MAX = 1024;

	/**
	 * The signal for which the JDK installs a handler so as to wake threads that are
	 * blocked in a system call: {@code SIGRTMAX - 2}.
	 */
	public static final int WAKE_UP_SIGNAL = 62;

	private static final Set<String> GENERIC = Set.of("amd64", "x86_64", "aarch64", "riscv64", "loongarch64", "s390x");

	private static final Set<String> PACKED = Set.of("amd64", "x86_64");

	private LinuxAbi() {
	}

	/**
	 * Check that this process runs where the numbers above are right.
	 * @throws NativeBindingException if it does not
	 */
	public static void check() {
		check(System.getProperty("os.name", ""), System.getProperty("os.arch", ""));
	}

	static void check(String system, String architecture) {
		if (!system.equals("Linux")) {
			throw new NativeBindingException("Socket pairs need Linux, and this system is '%s'.".formatted(system),
					"Run the application on Linux, or set 'socketpair.enabled' to 'false'.", null);
		}
		if (!GENERIC.contains(architecture.toLowerCase(Locale.ROOT))) {
			throw new NativeBindingException(
					"Socket pairs need a 64-bit processor with Linux's generic numbers, and this one is '%s'."
						.formatted(architecture),
					"Run the application on x86-64, aarch64, riscv64, loongarch64 or s390x, "
							+ "or set 'socketpair.enabled' to 'false'.",
					null);
		}
	}

	/** Layout of {@code struct pollfd}. */
	public static final class Pollfd {

		/** Size in bytes. */
		public static final int SIZE = 8;

		/** Offset of the {@code int} descriptor. */
		public static final int FD = 0;

		/** Offset of the {@code short} requested events. */
		public static final int EVENTS = 4;

		/** Offset of the {@code short} returned events. */
		public static final int REVENTS = 6;

		private Pollfd() {
		}

	}

	/** Layout of {@code struct iovec}. */
	public static final class Iovec {

		/** Size in bytes. */
		public static final int SIZE = 16;

		/** Offset of the {@code long} address. */
		public static final int BASE = 0;

		/** Offset of the {@code long} length. */
		public static final int LENGTH = 8;

		private Iovec() {
		}

	}

	/** Layout of {@code struct msghdr}. */
	public static final class Msghdr {

		/** Size in bytes. */
		public static final int SIZE = 56;

		/** Offset of the {@code long} address of a name. */
		public static final int NAME = 0;

		/** Offset of the {@code int} length of that name. */
		public static final int NAME_LENGTH = 8;

		/** Offset of the {@code long} address of the array of {@code struct iovec}. */
		public static final int IOV = 16;

		/** Offset of the {@code long} number of elements of that array. */
		public static final int IOV_LENGTH = 24;

		/** Offset of the {@code long} address of the control messages. */
		public static final int CONTROL = 32;

		/** Offset of the {@code long} length of the control messages. */
		public static final int CONTROL_LENGTH = 40;

		/** Offset of the {@code int} flags of a received message. */
		public static final int FLAGS = 48;

		private Msghdr() {
		}

	}

	/** Layout of {@code struct cmsghdr} and what follows it. */
	public static final class Cmsghdr {

		/** Offset of the {@code long} length, header included. */
		public static final int LENGTH = 0;

		/** Offset of the {@code int} protocol level. */
		public static final int LEVEL = 8;

		/** Offset of the {@code int} type. */
		public static final int TYPE = 12;

		/** Offset of the data, and the length of a message without any. */
		public static final int DATA = 16;

		private Cmsghdr() {
		}

		/**
		 * Return what a control message takes up, {@code CMSG_SPACE}.
		 * @param length the length of its data
		 * @return the size with the padding to the next message
		 */
		public static int space(int length) {
			return DATA + ((length + Long.BYTES - 1) & -Long.BYTES);
		}

	}

	/** Layout of {@code struct ucred}. */
	public static final class Ucred {

		/** Size in bytes. */
		public static final int SIZE = 12;

		/** Offset of the {@code int} process. */
		public static final int PID = 0;

		/** Offset of the {@code int} user. */
		public static final int UID = 4;

		/** Offset of the {@code int} group. */
		public static final int GID = 8;

		private Ucred() {
		}

	}

	/** Layout of {@code struct epoll_event}, which only x86-64 packs. */
	public static final class EpollEvent {

		/** Offset of the {@code int} events. */
		public static final int EVENTS = 0;

		/** Offset of the {@code long} data. */
		public static final int DATA = PACKED.contains(System.getProperty("os.arch", "")) ? 4 : 8;

		/** Size in bytes. */
		public static final int SIZE = DATA + Long.BYTES;

		private EpollEvent() {
		}

	}

	/** Layout of {@code struct sockaddr_un}. */
	public static final class SockaddrUn {

		/** Size in bytes. */
		public static final int SIZE = 110;

		/** Offset of the path. */
		public static final int PATH = 2;

		private SockaddrUn() {
		}

	}

}
