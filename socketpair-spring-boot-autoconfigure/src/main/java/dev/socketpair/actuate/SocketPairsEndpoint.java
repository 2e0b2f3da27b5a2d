package dev.socketpair.actuate;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;

import dev.socketpair.SocketFlag;
import dev.socketpair.SocketPairFactory;
import dev.socketpair.SocketPairStatistics.DescriptorUse;
import dev.socketpair.SocketPairStatistics.OpenEnd;
import dev.socketpair.SocketPairStatistics.OpenPair;
import dev.socketpair.process.ExitStatus;
import dev.socketpair.process.SocketPairProcess;
import dev.socketpair.process.SocketPairProcessState;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.actuate.endpoint.Access;
import org.springframework.boot.actuate.endpoint.OperationResponseBody;
import org.springframework.boot.actuate.endpoint.SanitizableData;
import org.springframework.boot.actuate.endpoint.Sanitizer;
import org.springframework.boot.actuate.endpoint.SanitizingFunction;
import org.springframework.boot.actuate.endpoint.Show;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.Selector;

/**
 * {@link Endpoint @Endpoint} that shows the open pairs, the child processes and the use
 * of descriptors. It only reads. The arguments of a command are values that may be
 * secret, and are sanitised as those of Spring Boot's own endpoints are; environments and
 * output of children are never shown.
 */
@Endpoint(id = "socketpairs", defaultAccess = Access.READ_ONLY)
public class SocketPairsEndpoint {

	private final Supplier<? extends SocketPairFactory> factory;

	private final Supplier<? extends Collection<SocketPairProcess>> processes;

	private final Sanitizer sanitizer;

	private final Show showValues;

	/**
	 * Create the endpoint.
	 * @param factory the factory whose pairs are shown, asked for at every request
	 * @param processes the processes, asked for at every request
	 * @param sanitizingFunctions the functions that are applied to arguments that are
	 * shown
	 * @param showValues when arguments are shown
	 */
	public SocketPairsEndpoint(Supplier<? extends SocketPairFactory> factory,
			Supplier<? extends Collection<SocketPairProcess>> processes,
			Iterable<SanitizingFunction> sanitizingFunctions, Show showValues) {
		this.factory = factory;
		this.processes = processes;
		this.sanitizer = new Sanitizer(sanitizingFunctions);
		this.showValues = showValues;
	}

	/**
	 * Describe all open pairs and all processes.
	 * @return the description
	 */
	@ReadOperation
	public SocketPairsDescriptor socketPairs() {
		return socketPairs(this.showValues.isShown(true));
	}

	SocketPairsDescriptor socketPairs(boolean showArguments) {
		SocketPairFactory factory = this.factory.get();
		Map<String, ProcessDescriptor> processes = new LinkedHashMap<>();
		this.processes.get()
			.stream()
			.filter(SocketPairsEndpoint::isNoMock)
			.forEach((process) -> processes.put(process.name(), describe(process, showArguments)));
		return new SocketPairsDescriptor(describe(factory.statistics().descriptors()),
				describe(factory, factory.statistics().openPairs()), processes);
	}

	/**
	 * Describe the open pairs of a name and the process of that name, whose pair has the
	 * same one.
	 * @param name the name of a pair or a process
	 * @return the description, or {@code null} if there is neither
	 */
	@ReadOperation
	public @Nullable NamedSocketPairsDescriptor socketPair(@Selector String name) {
		return socketPair(name, this.showValues.isShown(true));
	}

	@Nullable NamedSocketPairsDescriptor socketPair(String name, boolean showArguments) {
		SocketPairFactory factory = this.factory.get();
		ProcessDescriptor process = this.processes.get()
			.stream()
			.filter(SocketPairsEndpoint::isNoMock)
			.filter((candidate) -> candidate.name().equals(name))
			.map((found) -> describe(found, showArguments))
			.findFirst()
			.orElse(null);
		List<OpenPair> pairs = factory.statistics().openPairs(name);
		return (process != null || !pairs.isEmpty())
				? new NamedSocketPairsDescriptor(name, describe(factory, pairs), process) : null;
	}

	/** A mock has no name unless a test has stubbed it. */
	private static boolean isNoMock(SocketPairProcess process) {
		return process.name() != null;
	}

	private static DescriptorsDescriptor describe(DescriptorUse use) {
		return new DescriptorsDescriptor(known(use.open()), known(use.limit()));
	}

	private static List<OpenPairDescriptor> describe(SocketPairFactory factory, List<OpenPair> pairs) {
		String binding = factory.nativeBinding();
		Instant now = Instant.now();
		return pairs.stream().map((pair) -> describe(pair, binding, now)).toList();
	}

	private static OpenPairDescriptor describe(OpenPair pair, String binding, Instant now) {
		Duration age = Duration.between(pair.created(), now);
		return new OpenPairDescriptor(pair.name(), binding, pair.options().domain().toString(),
				pair.options().type().toString(),
				pair.options().flags().stream().sorted().map(SocketPairsEndpoint::name).toList(), pair.created(),
				age.isNegative() ? Duration.ZERO : age, describe(pair.first(), pair.second()),
				describe(pair.second(), pair.first()));
	}

	private static String name(SocketFlag flag) {
		return flag.name().toLowerCase(Locale.ROOT);
	}

	private static EndDescriptor describe(OpenEnd end, OpenEnd peer) {
		return new EndDescriptor(end.open(), known(end.descriptor()), end.bytesSent(), end.bytesReceived(),
				known(peer.open() ? peer.available() : end.charged()));
	}

	private ProcessDescriptor describe(SocketPairProcess process, boolean showArguments) {
		ExitStatus lastExit = process.lastExit();
		Map<String, Long> exits = new LinkedHashMap<>();
		process.exits().forEach((status, count) -> exits.put(status.toString(), count));
		return new ProcessDescriptor(command(process, showArguments), process.state(), known(process.pid()),
				process.startedAt(), process.starts(), process.restarts(),
				(lastExit != null) ? lastExit.toString() : null, exits);
	}

	private List<String> command(SocketPairProcess process, boolean showArguments) {
		List<String> command = new ArrayList<>();
		for (String word : process.command()) {
			String key = "socketpair.processes.%s.command[%s]".formatted(process.name(), command.size());
			Object shown = this.sanitizer.sanitize(new SanitizableData(null, key, word),
					showArguments || command.isEmpty());
			command.add(String.valueOf(shown));
		}
		return command;
	}

	private static @Nullable Long known(long number) {
		return (number >= 0) ? number : null;
	}

	/**
	 * Description of everything.
	 *
	 * @param descriptors the use that this process makes of descriptors
	 * @param pairs the open pairs, oldest first
	 * @param processes the processes by name
	 */
	public record SocketPairsDescriptor(DescriptorsDescriptor descriptors, List<OpenPairDescriptor> pairs,
			Map<String, ProcessDescriptor> processes) implements OperationResponseBody {
	}

	/**
	 * Description of the pairs and the process of a name.
	 *
	 * @param name the name
	 * @param pairs its open pairs, oldest first; those made in code may share a name
	 * @param process its process, or {@code null} if it has none
	 */
	public record NamedSocketPairsDescriptor(String name, List<OpenPairDescriptor> pairs,
			@Nullable ProcessDescriptor process) implements OperationResponseBody {
	}

	/**
	 * Description of the use that this process makes of descriptors.
	 *
	 * @param used the number of open descriptors, or {@code null} if it is not known
	 * @param limit the number that may be open, or {@code null} if it is not known
	 */
	public record DescriptorsDescriptor(@Nullable Long used, @Nullable Long limit) {
	}

	/**
	 * Description of a pair with at least one open end.
	 *
	 * @param name its name, or {@code null}
	 * @param binding how the C library is called
	 * @param domain its domain
	 * @param type its type
	 * @param flags the flags it was made with
	 * @param created when it was made
	 * @param age how long that was ago
	 * @param first its first end
	 * @param second its second end
	 */
	public record OpenPairDescriptor(@Nullable String name, String binding, String domain, String type,
			List<String> flags, Instant created, Duration age, EndDescriptor first, EndDescriptor second) {
	}

	/**
	 * Description of one end.
	 *
	 * @param open whether it is open and held here
	 * @param descriptor the number of its descriptor, or {@code null} if it is not open
	 * @param sent the bytes that it sent
	 * @param received the bytes that it received
	 * @param queued the bytes that any holder of it sent and the other end did not
	 * receive yet, of {@code dgram} those of the first message; where the other end is
	 * not held here the memory that the kernel charges for them, which is more;
	 * {@code null} if the kernel does not tell
	 */
	public record EndDescriptor(boolean open, @Nullable Long descriptor, long sent, long received,
			@Nullable Long queued) {
	}

	/**
	 * Description of a child process.
	 *
	 * @param command the command and its arguments, which are hidden unless they are to
	 * be shown
	 * @param state what the process is doing
	 * @param pid the number of the child, or {@code null} if none runs
	 * @param startedAt when the current or last child was started, or {@code null}
	 * @param starts how many children were started
	 * @param restarts how many of them were restarts
	 * @param lastExit how the last child ended, or {@code null} if none has
	 * @param exits how many children ended with which status
	 */
	public record ProcessDescriptor(List<String> command, SocketPairProcessState state, @Nullable Long pid,
			@Nullable Instant startedAt, long starts, long restarts, @Nullable String lastExit,
			Map<String, Long> exits) {
	}

}
