package dev.socketpair.statistics;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

import dev.socketpair.libc.EarlyLoading;
import dev.socketpair.libc.Libc;
import dev.socketpair.libc.LinuxAbi;
import dev.socketpair.libc.Platforms;
import dev.socketpair.libc.ScratchMemory;
import org.jspecify.annotations.Nullable;

/**
 * The descriptors of this process: how many are open, and how many may be.
 *
 * @see <a href=
 * "https://man7.org/linux/man-pages/man5/proc_pid_fd.5.html">proc_pid_fd(5)</a>
 */
public final class DescriptorTable {

	/** The descriptors of this process, by number. */
	public static final Path OF_THIS_PROCESS = Platforms.CURRENT.openDescriptors();

	/** What is returned where the system does not tell. */
	public static final long UNKNOWN = -1;

	/** To list many thousands takes milliseconds. */
	private static final long KEPT = TimeUnit.SECONDS.toNanos(5);

	static {
		EarlyLoading.load(Listing.class);
	}

	private final Libc libc;

	private final Path directory;

	private volatile @Nullable Listing listing;

	/**
	 * Create the table.
	 * @param libc the C library
	 * @param directory a directory with an entry for each open descriptor, whose size is
	 * their number or 0
	 */
	public DescriptorTable(Libc libc, Path directory) {
		this.libc = libc;
		this.directory = directory;
	}

	/**
	 * Return how many descriptors are open. Linux 6.2 and later tell it by the size of
	 * the directory; before that the entries are counted, every few seconds at most.
	 * @return a number, or {@link #UNKNOWN}
	 */
	public long open() {
		try {
			long size = Files.size(this.directory);
			return (size != 0) ? size : listed();
		}
		catch (IOException ex) {
			return UNKNOWN;
		}
	}

	private long listed() {
		long now = System.nanoTime();
		Listing last = this.listing;
		if (last == null || now - last.time >= KEPT) {
			last = new Listing(count(), now);
			this.listing = last;
		}
		return last.count;
	}

	private long count() {
		String[] names = this.directory.toFile().list();
		// One of them was the listing's own.
		return (names != null) ? names.length - 1 : UNKNOWN;
	}

	/**
	 * Return how many descriptors may be open. Asked without opening a file, which could
	 * not be done when there are that many.
	 * @return a number, or {@link #UNKNOWN}
	 */
	public long limit() {
		ScratchMemory scratch = ScratchMemory.acquire(this.libc);
		try {
			ByteBuffer limit = scratch.structures();
			int result = this.libc.getrlimit(LinuxAbi.RLIMIT_NOFILE, scratch.structuresAddress());
			return (result < 0) ? UNKNOWN : limit.getLong(0);
		}
		finally {
			scratch.release();
		}
	}

	private record Listing(long count, long time) {
	}

}
