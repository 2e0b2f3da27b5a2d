package dev.socketpair.libc;

import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

import dev.socketpair.libc.LinuxAbi.Ucred;

/**
 * Linux, with the numbers of {@link LinuxAbi}. Its poller is {@code epoll(7)}.
 */
final class LinuxPlatform implements Platform {

	private static final Path OPEN_DESCRIPTORS = Path.of("/proc/self/fd");

	private static final Path STATUS = Path.of("/proc/self/status");

	/**
	 * The value that is written to an eventfd. A thread that closes must not need memory.
	 */
	private static final ByteBuffer ONE = ByteBuffer.allocateDirect(Long.BYTES)
		.order(ByteOrder.nativeOrder())
		.putLong(0, 1);

	/** Not those of Errno, which asks this class for its numbers. */
	private static final int EINTR = 4;

	private static final int EBUSY = 16;

	private static final Map<String, Integer> DOMAINS = Map.of("unix", 1, "local", 1, "inet", 2, "inet6", 10, "tipc",
			30, "vsock", 40);

	@Override
	public void check() {
		LinuxAbi.check();
	}

	@Override
	public int errno(String name, int onLinux) {
		return onLinux;
	}

	@Override
	public Map<String, Integer> domains() {
		return DOMAINS;
	}

	@Override
	public int nonBlockFlag() {
		return LinuxAbi.O_NONBLOCK;
	}

	@Override
	public int closeOnExecFlag() {
		return LinuxAbi.O_CLOEXEC;
	}

	@Override
	public int pair(Libc libc, int domain, int type, int protocol, long sv) {
		return libc.socketpair(domain, type, protocol, sv);
	}

	@Override
	public int duplicateOver(Libc libc, int number, int target) {
		int result;
		do {
			result = libc.dup3(number, target, LinuxAbi.O_CLOEXEC);
		}
		while (result == -EINTR || result == -EBUSY);
		return result;
	}

	@Override
	public int event(Libc libc, boolean signalled) {
		return libc.eventfd(signalled ? 1 : 0, LinuxAbi.EFD_CLOEXEC);
	}

	@Override
	public String eventCall() {
		return "eventfd";
	}

	@Override
	public void signal(Libc libc, int event) {
		libc.write(event, libc.addressOf(ONE), Long.BYTES);
	}

	@Override
	public int wakeUpSignal() {
		return LinuxAbi.WAKE_UP_SIGNAL;
	}

	/** From the mask of the signals that are caught, proc_pid_status(5). */
	@Override
	public boolean handlesWakeUpSignal() {
		try {
			for (String line : Files.readAllLines(STATUS)) {
				if (line.startsWith("SigCgt:")) {
					long caught = Long.parseUnsignedLong(line.substring(line.indexOf(':') + 1).strip(), 16);
					return (caught & (1L << (LinuxAbi.WAKE_UP_SIGNAL - 1))) != 0;
				}
			}
		}
		catch (IOException | RuntimeException ex) {
			System.getLogger(LinuxPlatform.class.getName())
				.log(Level.DEBUG, "The JDK's wake-up signal cannot be used; blocked threads poll instead", ex);
		}
		return false;
	}

	@Override
	public int noSignalFlag() {
		return LinuxAbi.MSG_NOSIGNAL;
	}

	@Override
	public int closeReceivedOnExecFlag() {
		return LinuxAbi.MSG_CMSG_CLOEXEC;
	}

	/** The control message is the time of the message. */
	@Override
	public int markMessages(Libc libc, int number, boolean on) {
		return Sockopt.set(libc, number, LinuxAbi.SO_TIMESTAMP, on ? 1 : 0);
	}

	@Override
	public int unsentBytes(Libc libc, int number) {
		return Sockopt.amount(libc, number, LinuxAbi.SIOCOUTQ);
	}

	@Override
	public int peerCredentials(Libc libc, int number, int[] ids) {
		ScratchMemory scratch = ScratchMemory.acquire(libc);
		try {
			ByteBuffer memory = scratch.structures();
			memory.putInt(Ucred.SIZE, Ucred.SIZE);
			int result = libc.getsockopt(number, LinuxAbi.SOL_SOCKET, LinuxAbi.SO_PEERCRED, scratch.structuresAddress(),
					scratch.structuresAddress() + Ucred.SIZE);
			ids[0] = memory.getInt(Ucred.PID);
			ids[1] = memory.getInt(Ucred.UID);
			ids[2] = memory.getInt(Ucred.GID);
			return result;
		}
		finally {
			scratch.release();
		}
	}

	@Override
	public int domain(Libc libc, int number) {
		return Sockopt.get(libc, number, LinuxAbi.SO_DOMAIN);
	}

	@Override
	public int protocol(Libc libc, int number) {
		return Sockopt.get(libc, number, LinuxAbi.SO_PROTOCOL);
	}

	@Override
	public Path openDescriptors() {
		return OPEN_DESCRIPTORS;
	}

	@Override
	public String toString() {
		return "Linux";
	}

}
