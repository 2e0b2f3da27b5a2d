package dev.socketpair.metrics;

import java.util.Locale;

import io.micrometer.common.docs.KeyName;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.binder.BaseUnits;
import io.micrometer.core.instrument.docs.MeterDocumentation;
import org.jspecify.annotations.Nullable;

/**
 * The meters, as code and documentation read them.
 */
public enum SocketPairMeters implements MeterDocumentation {

	/**
	 * Socket pairs that have been created.
	 */
	CREATED("socketpair.created", Meter.Type.COUNTER, Units.PAIRS, "Socket pairs that have been created", Key.PAIR,
			Key.TYPE),

	/**
	 * Socket pairs with at least one end open.
	 */
	OPEN("socketpair.open", Meter.Type.GAUGE, Units.PAIRS, "Socket pairs with at least one end open", Key.PAIR,
			Key.TYPE),

	/**
	 * Bytes that have moved through sockets.
	 */
	BYTES("socketpair.bytes", Meter.Type.COUNTER, BaseUnits.BYTES, "Bytes that have moved through sockets", Key.PAIR,
			Key.TYPE, Key.END, Key.DIRECTION),

	/**
	 * System calls that have moved bytes or messages.
	 */
	OPERATIONS("socketpair.operations", Meter.Type.COUNTER, BaseUnits.OPERATIONS,
			"System calls that have moved bytes or messages", Key.PAIR, Key.TYPE, Key.END, Key.DIRECTION),

	/**
	 * Bytes that have been sent and not yet received.
	 */
	QUEUED("socketpair.queued", Meter.Type.GAUGE, BaseUnits.BYTES,
			"Bytes in open pairs that have been sent and not yet received", Key.PAIR, Key.TYPE, Key.END),

	/**
	 * Time for which nothing has been received from a queue that is not empty.
	 */
	STALLED("socketpair.stalled", Meter.Type.GAUGE, Units.SECONDS,
			"Time for which nothing has been received from what waits in an open pair, the longest of all", Key.PAIR,
			Key.TYPE, Key.END),

	/**
	 * System calls that have failed.
	 */
	FAILURES("socketpair.failures", Meter.Type.COUNTER, null, "System calls that have failed", Key.PAIR, Key.TYPE,
			Key.OPERATION, Key.ERRNO),

	/**
	 * Sockets that were lost without being closed.
	 */
	LEAKED("socketpair.leaked", Meter.Type.COUNTER, Units.SOCKETS, "Sockets that were lost without being closed",
			Key.PAIR, Key.TYPE),

	/**
	 * Whether the child process runs.
	 */
	PROCESS_UP("socketpair.process.up", Meter.Type.GAUGE, null, "Whether the child process runs", Key.PROCESS),

	/**
	 * Whether the child process is missing, which its health shows as down.
	 */
	PROCESS_DOWN("socketpair.process.down", Meter.Type.GAUGE, null,
			"Whether the child process has ended by itself and is missing", Key.PROCESS),

	/**
	 * Whether the limit of consecutive restarts is reached.
	 */
	PROCESS_GAVE_UP("socketpair.process.gave.up", Meter.Type.GAUGE, null,
			"Whether the child process is not restarted any more, after too many restarts", Key.PROCESS),

	/**
	 * Child processes that have been started.
	 */
	PROCESS_STARTS("socketpair.process.starts", Meter.Type.COUNTER, null, "Child processes that have been started",
			Key.PROCESS),

	/**
	 * Child processes that have ended.
	 */
	PROCESS_EXITS("socketpair.process.exits", Meter.Type.COUNTER, null, "Child processes that have ended", Key.PROCESS,
			Key.STATUS);

	private final String name;

	private final Meter.Type type;

	private final @Nullable String baseUnit;

	private final String description;

	private final KeyName[] keyNames;

	SocketPairMeters(String name, Meter.Type type, @Nullable String baseUnit, String description, KeyName... keyNames) {
		this.name = name;
		this.type = type;
		this.baseUnit = baseUnit;
		this.description = description;
		this.keyNames = keyNames;
	}

	@Override
	public String getName() {
		return this.name;
	}

	@Override
	public Meter.Type getType() {
		return this.type;
	}

	@Override
	public @Nullable String getBaseUnit() {
		return this.baseUnit;
	}

	/**
	 * Return what the meter counts.
	 * @return the description that registries show
	 */
	public String getDescription() {
		return this.description;
	}

	@Override
	public KeyName[] getKeyNames() {
		return this.keyNames.clone();
	}

	/**
	 * The tags, whose values are bounded.
	 */
	public enum Key implements KeyName {

		/**
		 * Name of the pair in the configuration, or {@code anonymous}.
		 */
		PAIR,

		/**
		 * Type of the pair: {@code stream}, {@code dgram}, {@code seqpacket},
		 * {@code raw}, {@code rdm} or {@code other}.
		 */
		TYPE,

		/**
		 * End that moved or, of a queue, sent the bytes: {@code first} or {@code second}.
		 */
		END,

		/**
		 * Direction as that end sees it: {@code sent} or {@code received}.
		 */
		DIRECTION,

		/**
		 * System call that failed, such as {@code socketpair}.
		 */
		OPERATION,

		/**
		 * Error by name, such as {@code EMFILE}.
		 */
		ERRNO,

		/**
		 * Name of the process in the configuration.
		 */
		PROCESS,

		/**
		 * How the child ended, as the shell shows it: {@code 0}, {@code 1},
		 * {@code 137 (SIGKILL)}.
		 */
		STATUS;

		@Override
		public String asString() {
			return name().toLowerCase(Locale.ROOT);
		}

	}

	private static final class Units {

		static final String PAIRS = "pairs";

		static final String SECONDS = "seconds";

		static final String SOCKETS = "sockets";

	}

}
