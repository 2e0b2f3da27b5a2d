package dev.socketpair.nio;

import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.channels.ClosedChannelException;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;

import dev.socketpair.Errno;
import dev.socketpair.LeakDetection;
import dev.socketpair.PairedSocket;
import dev.socketpair.SocketDomain;
import dev.socketpair.SocketFlag;
import dev.socketpair.SocketPair;
import dev.socketpair.SocketPairException;
import dev.socketpair.SocketPairFactory;
import dev.socketpair.SocketPairOptions;
import dev.socketpair.SocketPairStatistics;
import dev.socketpair.SocketType;
import dev.socketpair.descriptor.Descriptor;
import dev.socketpair.descriptor.RawDescriptors;
import dev.socketpair.descriptor.SafeLog;
import dev.socketpair.descriptor.Wakeup;
import dev.socketpair.libc.EarlyLoading;
import dev.socketpair.libc.Libc;
import dev.socketpair.libc.LinuxAbi;
import dev.socketpair.libc.Platforms;
import dev.socketpair.libc.Sockopt;
import dev.socketpair.statistics.DescriptorTable;
import dev.socketpair.statistics.LiveStatistics;
import org.jspecify.annotations.Nullable;

/**
 * A factory of pairs over the C library.
 */
public final class NativeSocketPairFactory implements SocketPairFactory {

	private static final SafeLog logger = new SafeLog(NativeSocketPairFactory.class);

	private final Libc libc;

	private final SocketPairOptions defaults;

	private final DescriptorTable descriptors;

	private final Set<PairState> open = ConcurrentHashMap.newKeySet();

	private final LiveStatistics statistics;

	private final FactorySettings settings;

	private final Object adopting = new Object();

	/** In an object, which a copy shares: a test's spy is one. */
	private final AtomicBoolean closed = new AtomicBoolean();

	private volatile boolean exhaustionLogged;

	private volatile boolean clampLogged;

	private NativeSocketPairFactory(Builder builder) {
		this.libc = builder.libc;
		this.defaults = builder.defaults;
		this.descriptors = new DescriptorTable(this.libc, DescriptorTable.OF_THIS_PROCESS);
		this.statistics = new LiveStatistics(builder.countedNames, this.descriptors, this.open);
		this.settings = new FactorySettings(this.libc, builder.wakesBySignal && Wakeup.signalIsHandled(),
				builder.leakDetection, builder.countsBytes, this.statistics);
		Wakeup.prepare(this.libc);
		EarlyLoading.initialize(EndState.Call.class, Sockopt.class, SocketOptions.class);
		EarlyLoading.rehearse(() -> advice(Errno.ENFILE));
	}

	/**
	 * Return a builder of a factory.
	 * @param libc the C library
	 * @return a new builder
	 */
	public static Builder builder(Libc libc) {
		return new Builder(libc);
	}

	@Override
	public SocketPair create() throws SocketPairException {
		return create(this.defaults);
	}

	@Override
	public SocketPair create(SocketPairOptions options) throws SocketPairException {
		Objects.requireNonNull(options, "'options' must not be null");
		ensureOpen();
		int[] numbers = new int[2];
		int result = RawDescriptors.pair(this.libc, options, numbers);
		if (result < 0) {
			throw failed("socketpair", result, options);
		}
		PairState state = new PairState(this.settings, this.open, options, numbers);
		try {
			EndState second = Objects.requireNonNull(state.second());
			NativeSocketPair pair = new NativeSocketPair(options, new NativePairedSocket(state.first()),
					new NativePairedSocket(second));
			if (options.sendBufferSize() != null) {
				setSendBufferSize(options, options.sendBufferSize(), state.first(), second);
			}
			ensureOpen();
			state.created();
			this.exhaustionLogged = false;
			return pair;
		}
		catch (ClosedChannelException ex) {
			state.close();
			throw closed(ex);
		}
		catch (SocketPairException | RuntimeException | Error ex) {
			state.close();
			throw ex;
		}
	}

	@Override
	public void probe() throws IOException {
		ensureOpen();
		int[] numbers = new int[2];
		int result = RawDescriptors.pair(this.libc, this.defaults, numbers);
		if (result < 0) {
			throw refused("socketpair", -result, this.defaults, advice(Errno.of(-result)));
		}
		Descriptor first = uncounted(numbers[0]);
		Descriptor second = uncounted(numbers[1]);
		try (first) {
			second.close();
		}
	}

	private Descriptor uncounted(int number) {
		return new Descriptor(this.libc, number, false, Descriptor.Owner.NONE);
	}

	@Override
	public PairedSocket adopt(int descriptor) throws SocketPairException {
		ensureOpen();
		PairState state;
		// One after the other, so that a number gets one owner.
		synchronized (this.adopting) {
			if (this.open.stream().anyMatch((pair) -> pair.owns(descriptor))) {
				throw new IllegalArgumentException(("Descriptor %s belongs to an open socket of this factory: use that "
						+ "socket, adopt what its release() returns, or duplicate() it")
					.formatted(descriptor));
			}
			SocketPairOptions options = describe(descriptor);
			int result = this.libc.fcntl(descriptor, LinuxAbi.F_SETFD, LinuxAbi.FD_CLOEXEC);
			if (result < 0) {
				throw failed("fcntl", result, options);
			}
			state = new PairState(this.settings, this.open, options, descriptor);
		}
		NativePairedSocket socket = new NativePairedSocket(state.first());
		if (this.closed.get()) {
			state.close();
		}
		return socket;
	}

	private SocketPairOptions describe(int descriptor) throws SocketPairException {
		int domain = ask("getsockopt", descriptor, Platforms.CURRENT.domain(this.libc, descriptor));
		int type = ask("getsockopt", descriptor, Sockopt.get(this.libc, descriptor, LinuxAbi.SO_TYPE));
		int protocol = ask("getsockopt", descriptor, Platforms.CURRENT.protocol(this.libc, descriptor));
		int flags = ask("fcntl", descriptor, this.libc.fcntl(descriptor, LinuxAbi.F_GETFL, 0));
		return this.defaults.toBuilder()
			.name(null)
			.sendBufferSize(null)
			.domain(SocketDomain.of(domain))
			.type(SocketType.of(type))
			.protocol(protocol)
			.flags(SocketFlag.CLOEXEC)
			.nonBlocking((flags & LinuxAbi.O_NONBLOCK) != 0)
			.build();
	}

	/** Return an answer of the kernel, unless it has refused. */
	private int ask(String operation, int descriptor, int answer) throws SocketPairException {
		if (answer < 0) {
			this.statistics.failed(this.defaults, operation, -answer);
			throw new SocketPairException(operation, -answer, "to adopt descriptor " + descriptor);
		}
		return answer;
	}

	private void setSendBufferSize(SocketPairOptions options, int size, EndState... ends)
			throws SocketPairException, ClosedChannelException {
		for (EndState end : ends) {
			int granted = setSendBufferSize(options, size, end.descriptor());
			if (granted >= 0 && granted < size && !this.clampLogged) {
				this.clampLogged = true;
				logger.log(Level.WARNING,
						("A send buffer of %s bytes was asked for and %s were granted: "
								+ "raise net.core.wmem_max, or lower 'socketpair.send-buffer-size'")
							.formatted(size, granted),
						null);
			}
		}
	}

	/** The factory may be closed meanwhile, and the number become another's. */
	private int setSendBufferSize(SocketPairOptions options, int size, Descriptor descriptor)
			throws SocketPairException, ClosedChannelException {
		int number = descriptor.enter();
		try {
			int result = SocketOptions.setSendBufferSize(this.libc, number, size);
			if (result < 0) {
				throw failed("setsockopt", result, options);
			}
			return SocketOptions.sendBufferSize(this.libc, number);
		}
		finally {
			descriptor.leave();
		}
	}

	private SocketPairException failed(String operation, int result, SocketPairOptions options) {
		int errno = -result;
		this.statistics.failed(options, operation, errno);
		String advice = advice(Errno.of(errno));
		if (advice != null && !this.exhaustionLogged) {
			// A logger may need a descriptor too. The exception to come says the same.
			this.exhaustionLogged = logger.log(Level.WARNING,
					"%s failed with %s: %s".formatted(operation, Errno.of(errno), advice), null);
		}
		return refused(operation, errno, options, advice);
	}

	private static SocketPairException refused(String operation, int errno, SocketPairOptions options,
			@Nullable String advice) {
		return new SocketPairException(operation, errno,
				(advice != null) ? "%s; %s".formatted(options, advice) : options.toString());
	}

	private @Nullable String advice(Errno errno) {
		return switch (errno) {
			case EMFILE -> ("the process has reached its limit of %s descriptors: close pairs that are no longer used, "
					+ "or raise the limit ('ulimit -n', 'LimitNOFILE=')")
				.formatted(descriptorLimit());
			case ENFILE -> "the system has reached its limit of open files: raise 'fs.file-max'";
			default -> null;
		};
	}

	private String descriptorLimit() {
		long limit = this.descriptors.limit();
		return (limit < 0) ? "RLIMIT_NOFILE" : Long.toString(limit);
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
		if (this.closed.get()) {
			throw closed(null);
		}
	}

	private static IllegalStateException closed(@Nullable Throwable cause) {
		return new IllegalStateException("The factory of socket pairs is closed", cause);
	}

	@Override
	public void close() {
		this.closed.set(true);
		this.open.forEach(PairState::close);
	}

	@Override
	public String toString() {
		return "SocketPairFactory[%s, %s]".formatted(nativeBinding(), this.defaults);
	}

	/**
	 * Builder of a factory.
	 */
	public static final class Builder {

		private final Libc libc;

		private SocketPairOptions defaults = SocketPairOptions.builder().build();

		private Set<String> countedNames = Set.of();

		private LeakDetection leakDetection = LeakDetection.SIMPLE;

		private boolean countsBytes = true;

		private boolean wakesBySignal = true;

		private Builder(Libc libc) {
			this.libc = libc;
		}

		/**
		 * Set the options of {@link SocketPairFactory#create()}.
		 * @param defaults the options
		 * @return this builder
		 */
		public Builder defaults(SocketPairOptions defaults) {
			this.defaults = Objects.requireNonNull(defaults, "'defaults' must not be null");
			return this;
		}

		/**
		 * Set the pair names that are counted apart in the statistics; all others are
		 * counted together.
		 * @param countedNames the names
		 * @return this builder
		 */
		public Builder countedNames(Set<String> countedNames) {
			this.countedNames = countedNames;
			return this;
		}

		/**
		 * Set what is done about sockets that are lost.
		 * @param leakDetection what is done, {@link LeakDetection#SIMPLE} unless set
		 * @return this builder
		 */
		public Builder leakDetection(LeakDetection leakDetection) {
			this.leakDetection = leakDetection;
			return this;
		}

		/**
		 * Set whether bytes and operations are counted. Pairs and failures always are.
		 * @param countsBytes whether they are counted, {@code true} unless set
		 * @return this builder
		 */
		public Builder countsBytes(boolean countsBytes) {
			this.countsBytes = countsBytes;
			return this;
		}

		/**
		 * Set whether blocked threads are woken by a signal where the JDK handles it,
		 * rather than by polling a second descriptor.
		 * @param wakesBySignal whether to use the signal, {@code true} unless set
		 * @return this builder
		 */
		Builder wakesBySignal(boolean wakesBySignal) {
			this.wakesBySignal = wakesBySignal;
			return this;
		}

		/**
		 * Build the factory.
		 * @return a factory, to be closed by the caller
		 * @throws dev.socketpair.NativeBindingException if there is not a single
		 * descriptor to start with
		 */
		public NativeSocketPairFactory build() {
			return new NativeSocketPairFactory(this);
		}

	}

}
