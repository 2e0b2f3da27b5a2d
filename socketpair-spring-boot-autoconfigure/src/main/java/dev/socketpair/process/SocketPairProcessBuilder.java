package dev.socketpair.process;

import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Pattern;

import dev.socketpair.SocketDomain;
import dev.socketpair.SocketPairFactory;
import dev.socketpair.SocketPairOptions;
import dev.socketpair.SocketType;
import dev.socketpair.message.Framing;
import dev.socketpair.process.ChildSpecification.Environment;
import dev.socketpair.process.ChildSpecification.Launch;
import dev.socketpair.process.ChildSpecification.Lifetime;
import dev.socketpair.process.ChildSpecification.Link;
import dev.socketpair.text.Printable;
import org.jspecify.annotations.Nullable;

/**
 * Builder of a {@link SocketPairProcess}. Not safe for use by several threads at once.
 */
public final class SocketPairProcessBuilder {

	private static final int FIRST_DESCRIPTOR = 3;

	/** The shell takes the first digit of a longer number for an argument. */
	private static final int LAST_DESCRIPTOR = 9;

	/** The shell drops other variables. */
	private static final Pattern NAME_IN_SHELL = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");

	/** Longer durations are for ever. Nanoseconds of this one can be added. */
	private static final Duration LONGEST = Duration.ofDays(365);

	private final SocketPairFactory factory;

	private final Set<String> removedVariables = new LinkedHashSet<>();

	private final Map<String, String> environment = new LinkedHashMap<>();

	private final Set<String> announced = new LinkedHashSet<>();

	private final List<SocketPairProcessInitializer> initializers = new ArrayList<>();

	private final List<SocketPairProcessListener> listeners = new ArrayList<>();

	private List<String> command = List.of();

	private @Nullable String name;

	private @Nullable File directory;

	private boolean inheritEnvironment = true;

	private Attachment attachment = Attachment.DESCRIPTOR;

	private int descriptor = FIRST_DESCRIPTOR;

	private SocketPairOptions options;

	private @Nullable SocketType type;

	private @Nullable Framing framing;

	private @Nullable Integer maxMessageSize;

	private @Nullable Output stdout;

	private Output stderr = Output.LOG;

	private RestartPolicy restart = RestartPolicy.never();

	private Duration stopTimeout = Duration.ofSeconds(5);

	private Duration settleTime = Duration.ofSeconds(1);

	/**
	 * Create a builder.
	 * @param factory makes the pairs. Close it after the process: closing it closes our
	 * end, and the child sees the end of the stream.
	 */
	public SocketPairProcessBuilder(SocketPairFactory factory) {
		this.factory = Objects.requireNonNull(factory, "'factory' must not be null");
		// A mock of a factory has none
		this.options = Objects.requireNonNullElseGet(factory.defaultOptions(),
				() -> SocketPairOptions.builder().build());
	}

	/**
	 * Set what is run.
	 * @param command the command and its arguments, which reach it as they are. A command
	 * without a slash is looked up on the child's {@code PATH}, a relative path in its
	 * working directory, at every start.
	 * @return this builder
	 * @throws IllegalArgumentException if there is no command, or a word of it has the
	 * character NUL, or one that the charset of this process's locale cannot encode
	 * ({@code LC_ALL=POSIX})
	 */
	public SocketPairProcessBuilder command(String... command) {
		return command(Arrays.asList(command));
	}

	/**
	 * Set what is run.
	 * @param command the command and its arguments
	 * @return this builder
	 * @see #command(String...)
	 */
	public SocketPairProcessBuilder command(List<String> command) {
		if (command.isEmpty() || command.get(0) == null || command.get(0).isBlank()) {
			throw new IllegalArgumentException("'command' must start with the command to run, but is "
					+ (command.isEmpty() ? "empty" : "blank there"));
		}
		for (String word : command) {
			Objects.requireNonNull(word, "'command' must not contain null");
			requireWithoutNul("command", word);
			ChildCharset.require("'command'", word);
		}
		this.command = List.copyOf(command);
		return this;
	}

	/**
	 * Set the name by which logs, threads, exceptions and statistics call the process.
	 * @param name the name; the last part of the command unless set
	 * @return this builder
	 * @throws IllegalArgumentException if the name is blank or has control characters
	 */
	public SocketPairProcessBuilder name(String name) {
		if (name.isBlank() || Printable.hasControls(name)) {
			throw new IllegalArgumentException("'name' must not be blank or have control characters, but is '%s'"
				.formatted(Printable.message(name)));
		}
		this.name = name;
		return this;
	}

	/**
	 * Set the working directory.
	 * @param directory the directory, or {@code null} for this process's own
	 * @return this builder
	 * @throws IllegalArgumentException if its path has a character that the charset of
	 * this process's locale cannot encode
	 */
	public SocketPairProcessBuilder directory(@Nullable Path directory) {
		if (directory != null) {
			ChildCharset.require("'directory'", directory.toString());
		}
		this.directory = (directory != null) ? directory.toFile() : null;
		return this;
	}

	/**
	 * Set whether the child's environment starts as this process's own. The variables
	 * {@code SOCKETPAIR_FD}, {@code NODE_CHANNEL_FD} and
	 * {@code NODE_CHANNEL_SERIALIZATION_MODE}, which announce the end of this process,
	 * are never inherited.
	 * @param inheritEnvironment whether it does, {@code true} unless set
	 * @return this builder
	 */
	public SocketPairProcessBuilder inheritEnvironment(boolean inheritEnvironment) {
		this.inheritEnvironment = inheritEnvironment;
		return this;
	}

	/**
	 * Set a variable of the child's environment.
	 * @param name its name
	 * @param value its value
	 * @return this builder
	 * @throws IllegalArgumentException if the name is empty or has {@code =} in it, or
	 * one of them has the character NUL, or one that the JDK would give to the child as a
	 * question mark
	 */
	public SocketPairProcessBuilder environment(String name, String value) {
		requireVariable(name);
		Objects.requireNonNull(value, "'value' must not be null");
		requireWithoutNul("environment", value);
		ChildCharset.require("The name of an environment variable", name);
		ChildCharset.require("The environment variable '%s'".formatted(name), value);
		this.environment.put(name, value);
		return this;
	}

	/**
	 * Set variables of the child's environment.
	 * @param variables their values by name
	 * @return this builder
	 * @throws IllegalArgumentException as {@link #environment(String, String)}
	 */
	public SocketPairProcessBuilder environment(Map<String, String> variables) {
		variables.forEach(this::environment);
		return this;
	}

	/**
	 * Remove variables from what the child inherits.
	 * @param names their names
	 * @return this builder
	 * @throws IllegalArgumentException as {@link #environment(String, String)}
	 */
	public SocketPairProcessBuilder removeEnvironment(String... names) {
		for (String removed : names) {
			requireVariable(removed);
			this.removedVariables.add(removed);
		}
		return this;
	}

	/**
	 * Set where the child finds its end.
	 * @param attachment where, {@link Attachment#DESCRIPTOR} unless set
	 * @return this builder
	 */
	public SocketPairProcessBuilder attach(Attachment attachment) {
		this.attachment = Objects.requireNonNull(attachment, "'attachment' must not be null");
		return this;
	}

	/**
	 * Set the number of the descriptor that the child finds its end at.
	 * @param descriptor 3 to 9, 3 unless set
	 * @return this builder
	 * @throws IllegalArgumentException if the number is none of these
	 */
	public SocketPairProcessBuilder descriptor(int descriptor) {
		if (descriptor < FIRST_DESCRIPTOR || descriptor > LAST_DESCRIPTOR) {
			throw new IllegalArgumentException("'descriptor' must be from %s to %s, but is %s"
				.formatted(FIRST_DESCRIPTOR, LAST_DESCRIPTOR, descriptor));
		}
		this.descriptor = descriptor;
		return this;
	}

	/**
	 * Have further environment variables carry the number of the child's descriptor:
	 * {@code NODE_CHANNEL_FD} for Node's {@code process.send}. At a descriptor
	 * {@code SOCKETPAIR_FD} always does; at standard input and output the number is 0,
	 * that of the input.
	 * @param variables the names
	 * @return this builder
	 * @throws IllegalArgumentException as {@link #environment(String, String)}
	 */
	public SocketPairProcessBuilder announce(String... variables) {
		for (String variable : variables) {
			requireVariable(variable);
			ChildCharset.require("The name of an environment variable", variable);
			this.announced.add(variable);
		}
		return this;
	}

	/**
	 * Set what the pair is made with. Its flags do not matter: the pair is blocking, as
	 * most programs expect it, and close-on-exec. Its domain cannot be {@code tipc}.
	 * @param options the options, those of the factory unless set
	 * @return this builder
	 */
	public SocketPairProcessBuilder options(SocketPairOptions options) {
		this.options = Objects.requireNonNull(options, "'options' must not be null");
		return this;
	}

	/**
	 * Set the type of the pair.
	 * @param type the type, that of the options unless set
	 * @return this builder
	 */
	public SocketPairProcessBuilder type(SocketType type) {
		this.type = Objects.requireNonNull(type, "'type' must not be null");
		return this;
	}

	/**
	 * Set how messages are told apart.
	 * @param framing the framing, {@linkplain Framing#defaultFor(SocketType) that of the
	 * type} unless set
	 * @return this builder
	 */
	public SocketPairProcessBuilder framing(Framing framing) {
		this.framing = Objects.requireNonNull(framing, "'framing' must not be null");
		return this;
	}

	/**
	 * Set how large a message may be.
	 * @param maxMessageSize a number of bytes, 1 or more
	 * @return this builder
	 * @throws IllegalArgumentException if the number is less than 1
	 */
	public SocketPairProcessBuilder maxMessageSize(int maxMessageSize) {
		if (maxMessageSize < 1) {
			throw new IllegalArgumentException(
					"'maxMessageSize' must be 1 or more, but is %s".formatted(maxMessageSize));
		}
		this.maxMessageSize = maxMessageSize;
		return this;
	}

	/**
	 * Set what becomes of the child's standard output, which must not be set where that
	 * is the socket.
	 * @param stdout what becomes of it, {@link Output#LOG} unless set
	 * @return this builder
	 */
	public SocketPairProcessBuilder stdout(Output stdout) {
		this.stdout = Objects.requireNonNull(stdout, "'stdout' must not be null");
		return this;
	}

	/**
	 * Set what becomes of the child's standard error.
	 * @param stderr what becomes of it, {@link Output#LOG} unless set
	 * @return this builder
	 */
	public SocketPairProcessBuilder stderr(Output stderr) {
		this.stderr = Objects.requireNonNull(stderr, "'stderr' must not be null");
		return this;
	}

	/**
	 * Set whether and when a child that ended is started again.
	 * @param restart the policy, {@link RestartPolicy#never()} unless set
	 * @return this builder
	 */
	public SocketPairProcessBuilder restart(RestartPolicy restart) {
		this.restart = Objects.requireNonNull(restart, "'restart' must not be null");
		return this;
	}

	/**
	 * Set how long a child that is stopped has before it is killed.
	 * @param stopTimeout a duration, 5 seconds unless set; zero kills at once
	 * @return this builder
	 * @throws IllegalArgumentException if the duration is negative
	 */
	public SocketPairProcessBuilder stopTimeout(Duration stopTimeout) {
		this.stopTimeout = requireNotNegative("stopTimeout", stopTimeout);
		return this;
	}

	/**
	 * Set how long a start watches the child, until it sends something. One that exits
	 * with a failure or closes its end within that time fails the start.
	 * @param settleTime a duration, 1 second unless set; zero does not watch
	 * @return this builder
	 * @throws IllegalArgumentException if the duration is negative
	 */
	public SocketPairProcessBuilder settleTime(Duration settleTime) {
		this.settleTime = requireNotNegative("settleTime", settleTime);
		return this;
	}

	/**
	 * Add what prepares each child before it serves.
	 * @param initializer the initializer
	 * @return this builder
	 */
	public SocketPairProcessBuilder initializer(SocketPairProcessInitializer initializer) {
		this.initializers.add(Objects.requireNonNull(initializer, "'initializer' must not be null"));
		return this;
	}

	/**
	 * Add a listener.
	 * @param listener the listener
	 * @return this builder
	 */
	public SocketPairProcessBuilder listener(SocketPairProcessListener listener) {
		this.listeners.add(Objects.requireNonNull(listener, "'listener' must not be null"));
		return this;
	}

	/**
	 * Build the process, which is not started.
	 * @return a process, to be closed by the caller
	 * @throws IllegalArgumentException if there is no command, or settings contradict
	 * each other
	 */
	public SocketPairProcess build() {
		if (this.command.isEmpty()) {
			throw new IllegalArgumentException("'command' must be set");
		}
		if (this.attachment == Attachment.STDIO && this.stdout != null) {
			throw new IllegalArgumentException(("'stdout' must not be set, but is %s: with the attachment STDIO the "
					+ "standard output is the socket")
				.formatted(this.stdout));
		}
		if (this.attachment == Attachment.DESCRIPTOR) {
			this.environment.keySet().forEach(SocketPairProcessBuilder::requirePassesShell);
			this.announced.forEach(SocketPairProcessBuilder::requirePassesShell);
		}
		ChildSpecification specification = specification();
		return new SupervisedProcess(specification, new ChildLauncher(this.factory, specification),
				List.copyOf(this.initializers), List.copyOf(this.listeners));
	}

	/**
	 * Build the process and start it.
	 * @return a running process, to be closed by the caller
	 * @throws IOException as {@link SocketPairProcess#start()}
	 * @throws IllegalArgumentException as {@link #build()}
	 */
	public SocketPairProcess start() throws IOException {
		SocketPairProcess process = build();
		boolean started = false;
		try {
			process.start();
			started = true;
			return process;
		}
		finally {
			if (!started) {
				process.close();
			}
		}
	}

	private ChildSpecification specification() {
		String processName = (this.name != null) ? this.name : lastPart(this.command.get(0));
		SocketPairOptions pair = pairOptions(processName);
		if (pair.domain().equals(SocketDomain.TIPC)) {
			throw new IllegalArgumentException("'options' must not have the domain 'tipc', which has no half-close "
					+ "and hides from a child that its parent has ended: use 'unix'");
		}
		Framing messages = (this.framing != null) ? this.framing : Framing.defaultFor(pair.type());
		if (!messages.suits(pair.type())) {
			throw new IllegalArgumentException("'framing' %s does not suit the type '%s': %s".formatted(messages,
					pair.type(), (messages == Framing.NONE) ? "'none' needs messages, such as 'seqpacket' has them"
							: "leave it out, or choose the type 'stream'"));
		}
		Environment variables = new Environment(this.inheritEnvironment, Set.copyOf(this.removedVariables),
				Map.copyOf(this.environment));
		Launch launch = new Launch(this.command, this.directory, variables,
				(this.stdout != null) ? this.stdout : Output.LOG, this.stderr);
		Link link = new Link(this.attachment, this.descriptor, Set.copyOf(this.announced), pair, messages,
				this.maxMessageSize);
		return new ChildSpecification(processName, launch, link,
				new Lifetime(this.settleTime, this.stopTimeout, this.restart));
	}

	private SocketPairOptions pairOptions(String processName) {
		SocketPairOptions.Builder pair = this.options.toBuilder();
		if (this.options.name() == null) {
			pair.name(processName);
		}
		if (this.type != null) {
			pair.type(this.type);
		}
		return pair.nonBlocking(false).closeOnExec(true).build();
	}

	private static String lastPart(String command) {
		String part = new File(command).getName();
		return Printable.escape(part.isBlank() ? command : part).replace("\t", "\\t");
	}

	private static void requireVariable(String name) {
		if (name.isEmpty() || name.indexOf('=') >= 0 || name.indexOf('\0') >= 0) {
			throw new IllegalArgumentException(
					"The name of an environment variable must not be empty or have '=' or NUL in it, but is '%s'"
						.formatted(Printable.message(name.replace('\0', '?'))));
		}
	}

	private static void requirePassesShell(String variable) {
		if (!NAME_IN_SHELL.matcher(variable).matches()) {
			throw new IllegalArgumentException(("The environment variable '%s' would not get through '/bin/sh', which "
					+ "attaches the descriptor: use letters, digits and '_', or the attachment STDIO")
				.formatted(Printable.message(variable)));
		}
	}

	private static void requireWithoutNul(String property, String value) {
		if (value.indexOf('\0') >= 0) {
			throw new IllegalArgumentException(
					"'%s' must not have the character NUL in it, but has it at index %s of a value of %s characters"
						.formatted(property, value.indexOf('\0'), value.length()));
		}
	}

	private static Duration requireNotNegative(String property, Duration duration) {
		if (duration.isNegative()) {
			throw new IllegalArgumentException("'%s' must be zero or more, but is %s".formatted(property, duration));
		}
		return (duration.compareTo(LONGEST) < 0) ? duration : LONGEST;
	}

}
