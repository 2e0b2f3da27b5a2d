package dev.socketpair.nio;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.util.Set;

import dev.socketpair.Errno;
import dev.socketpair.SocketPair;
import dev.socketpair.SocketPairException;
import dev.socketpair.SocketPairFactory;
import dev.socketpair.SocketPairOptions;
import dev.socketpair.SocketPairStatistics;
import dev.socketpair.libc.Libc;
import dev.socketpair.libc.LinuxAbi;
import org.jspecify.annotations.Nullable;

/**
 * A factory of pairs over the C library.
 */
public final class NativeSocketPairFactory implements SocketPairFactory {

	private static final Logger logger = System.getLogger(NativeSocketPairFactory.class.getName());

	private final Libc libc;

	private final SocketPairOptions defaults;

	private final LiveStatistics statistics;

	private final boolean wakesBySignal;

	private volatile boolean closed;

	private volatile boolean exhaustionLogged;

	private volatile boolean clampLogged;

	/**
	 * Create a factory.
	 * @param libc the C library
	 * @param defaults the options of {@link #create()}
	 * @param countedNames the pair names that are counted apart in the statistics
	 * @throws dev.socketpair.NativeBindingException if there is not a single descriptor
	 * to start with
	 */
	public NativeSocketPairFactory(Libc libc, SocketPairOptions defaults, Set<String> countedNames) {
		this(libc, defaults, countedNames, Wakeup.signalIsHandled());
	}

	NativeSocketPairFactory(Libc libc, SocketPairOptions defaults, Set<String> countedNames, boolean wakesBySignal) {
		this.libc = libc;
		this.defaults = defaults;
		this.statistics = new LiveStatistics(countedNames);
		this.wakesBySignal = wakesBySignal;
		Wakeup.prepare(libc);
	}

	@Override
	public SocketPair create() throws SocketPairException {
		return create(this.defaults);
	}

	@Override
	public SocketPair create(SocketPairOptions options) throws SocketPairException {
		ensureOpen();
		int[] numbers = new int[2];
		int result = NativeSocketPair.socketpair(this.libc, options, numbers);
		if (result < 0) {
			throw failed("socketpair", result, options);
		}
		PairState state = null;
		try {
			if (options.sendBufferSize() != null) {
				setSendBufferSize(options, options.sendBufferSize(), numbers);
			}
			state = new PairState(this.libc, this.wakesBySignal, options, this.statistics, numbers);
			NativeSocketPair pair = new NativeSocketPair(state);
			ensureOpen();
			this.exhaustionLogged = false;
			return pair;
		}
		catch (SocketPairException | RuntimeException | Error ex) {
			abandon(state, numbers);
			throw ex;
		}
	}

	private void abandon(@Nullable PairState state, int[] numbers) {
		if (state != null) {
			close(state);
			return;
		}
		this.libc.close(numbers[0]);
		this.libc.close(numbers[1]);
	}

	private void setSendBufferSize(SocketPairOptions options, int size, int[] numbers) throws SocketPairException {
		for (int number : numbers) {
			int result = SocketOptions.setSendBufferSize(this.libc, number, size);
			if (result < 0) {
				throw failed("setsockopt", result, options);
			}
		}
		int granted = SocketOptions.sendBufferSize(this.libc, numbers[0]);
		if (granted >= 0 && granted < size && !this.clampLogged) {
			this.clampLogged = true;
			logger.log(Level.WARNING,
					"A send buffer of {0} bytes was asked for and {1} were granted: "
							+ "raise net.core.wmem_max, or lower 'socketpair.send-buffer-size'",
					string(size), string(granted));
		}
	}

	private SocketPairException failed(String operation, int result, SocketPairOptions options) {
		int errno = -result;
		this.statistics.failed(options, operation, errno);
		String advice = advice(Errno.of(errno));
		if (advice != null && !this.exhaustionLogged) {
			this.exhaustionLogged = true;
			logger.log(Level.WARNING, "{0} failed with {1}: {2}", operation, Errno.of(errno), advice);
		}
		return new SocketPairException(operation, errno,
				(advice != null) ? "%s; %s".formatted(options, advice) : options.toString());
	}

	private @Nullable String advice(Errno errno) {
		return switch (errno) {
			case EMFILE -> ("the process has reached its limit of %s descriptors: close pairs that are no longer used, "
					+ "declare fewer under 'socketpair.pairs', or raise the limit ('ulimit -n', 'LimitNOFILE=')")
				.formatted(descriptorLimit());
			case ENFILE -> "the system has reached its limit of open files: raise 'fs.file-max'";
			default -> null;
		};
	}

	/** Asked without opening a file, which could not be done now. */
	private String descriptorLimit() {
		Frame frame = Frame.acquire(this.libc);
		try {
			ByteBuffer limit = frame.structures();
			int result = this.libc.getrlimit(LinuxAbi.RLIMIT_NOFILE, frame.structuresAddress());
			return (result < 0) ? "RLIMIT_NOFILE" : Long.toUnsignedString(limit.getLong(0));
		}
		finally {
			frame.release();
		}
	}

	private static String string(int number) {
		return Integer.toString(number);
	}

	@Override
	public SocketPairOptions defaultOptions() {
		return this.defaults;
	}

	@Override
	public String nativeBinding() {
		return this.libc.binding();
	}

	@Override
	public SocketPairStatistics statistics() {
		return this.statistics;
	}

	private void ensureOpen() {
		if (this.closed) {
			throw new IllegalStateException("The factory of socket pairs is closed");
		}
	}

	@Override
	public void close() {
		this.closed = true;
		this.statistics.open().forEach(NativeSocketPairFactory::close);
	}

	private static void close(PairState pair) {
		try {
			pair.close();
		}
		catch (IOException ex) {
			logger.log(Level.DEBUG, () -> "Closing " + pair + " failed", ex);
		}
	}

	@Override
	public String toString() {
		return "SocketPairFactory[%s, %s]".formatted(nativeBinding(), this.defaults);
	}

}
