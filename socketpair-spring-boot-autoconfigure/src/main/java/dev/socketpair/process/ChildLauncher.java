package dev.socketpair.process;

import java.io.Closeable;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.lang.System.Logger.Level;
import java.nio.channels.ClosedChannelException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import dev.socketpair.Errno;
import dev.socketpair.PairedSocket;
import dev.socketpair.SocketPair;
import dev.socketpair.SocketPairFactory;
import dev.socketpair.libc.EarlyLoading;
import dev.socketpair.process.ChildSpecification.Launch;
import dev.socketpair.process.ProcessStartException.Reason;
import dev.socketpair.process.output.ProcessLog;
import dev.socketpair.text.Printable;
import org.jspecify.annotations.Nullable;

/**
 * Starts children: makes a pair, or two for standard input and output, gives one end to a
 * new process, and closes this process's copy of it. If any of that fails, no process and
 * no descriptor is left.
 */
final class ChildLauncher {

	private static final ProcessLog logger = new ProcessLog(ChildLauncher.class);

	/** The most that the JDK needs for a start: four pipes. */
	private static final int DESCRIPTORS_OF_A_START = 8;

	/** The JDK gives the errno of a failed execve(2) only in its message. */
	private static final Pattern ERROR = Pattern.compile("error(?:=|: )(\\d{1,9})[^\\r\\n]*");

	private final SocketPairFactory factory;

	private final ChildSpecification specification;

	private final ChildEnvironment environment;

	/** Marks all children of this launcher, and no other process. */
	private final String mark;

	private final AtomicLong launches = new AtomicLong();

	ChildLauncher(SocketPairFactory factory, ChildSpecification specification) {
		this.factory = factory;
		this.specification = specification;
		this.environment = new ChildEnvironment(specification);
		this.mark = Printable.escape(specification.name()) + "/" + UUID.randomUUID() + "-";
		EarlyLoading.initialize(Child.class, CommandLookup.class, Ends.class, ShellCommand.class);
		EarlyLoading.rehearse(() -> failed(new IOException()));
	}

	/**
	 * Start a child.
	 * @return the child
	 * @throws ProcessStartException if the command cannot be started
	 * @throws dev.socketpair.SocketPairException if the pair cannot be made
	 * @throws IOException if the pair cannot be handed over
	 */
	Child launch() throws IOException {
		ProcessBuilder builder = new ProcessBuilder();
		String token = this.mark + this.launches.incrementAndGet();
		this.environment.set(builder.environment(), token);
		String program = new CommandLookup(this.specification.name(), this.specification.launch().command(),
				this.specification.launch().directory())
			.find(builder.environment());
		builder.directory(this.specification.launch().directory());
		builder.command(command(program, builder.environment()));
		return launch(builder, token, connect());
	}

	private Ends connect() throws IOException {
		SocketPair pair = this.factory.create(this.specification.link().options());
		if (this.specification.link().isAtDescriptor()) {
			return new Ends(pair.first(), pair.second(), null);
		}
		boolean complete = false;
		try {
			// A child that writes to its standard input gets an error.
			pair.first().shutdownInput();
			SocketPair output = this.factory.create(this.specification.link().options());
			complete = true;
			return new Ends(new StandardStreams(pair.first(), output.first()), pair.second(), output.second());
		}
		finally {
			if (!complete) {
				close(pair.first());
				close(pair.second());
			}
		}
	}

	private Child launch(ProcessBuilder builder, String token, Ends ends) throws IOException {
		Process process = null;
		boolean complete = false;
		try {
			requireDescriptors(ends.input());
			process = start(builder, ends);
			if (!ends.areOpen()) {
				// The factory was closed meanwhile, and the child may not have got the
				// end of a pair.
				throw new ClosedChannelException();
			}
			Child child = new Child(this.specification, process, token, ends.ours());
			readOutput(child);
			complete = true;
			return child;
		}
		finally {
			ends.closeTheirs();
			if (!complete) {
				close(ends.ours());
				if (process != null) {
					abandon(process);
				}
			}
		}
	}

	/**
	 * Fail before it does harm: when Java 17 cannot make its pipes, it closes two numbers
	 * that it has never set, which may be any of this process (forkAndExec, seen with
	 * strace).
	 */
	private static void requireDescriptors(PairedSocket socket) throws IOException {
		List<PairedSocket> reserved = new ArrayList<>(DESCRIPTORS_OF_A_START);
		try {
			for (int i = 0; i < DESCRIPTORS_OF_A_START; i++) {
				reserved.add(socket.duplicate());
			}
		}
		finally {
			reserved.forEach(ChildLauncher::close);
		}
	}

	private void readOutput(Child child) {
		Launch launch = this.specification.launch();
		if (launch.stdout() == Output.LOG && this.specification.link().isAtDescriptor()) {
			child.output().readStandardOutput();
		}
		if (launch.stderr() == Output.LOG) {
			child.output().readStandardError();
		}
	}

	/** Throws nothing: the caller must see the failure of the start. */
	private static void abandon(Process process) {
		process.toHandle().destroyForcibly();
		for (Closeable stream : List.of(process.getInputStream(), process.getErrorStream())) {
			try {
				stream.close();
			}
			catch (IOException ex) {
				logger.log(Level.WARNING, "A stream of a child was closed with an error", ex);
			}
		}
	}

	private Process start(ProcessBuilder builder, Ends ends) throws IOException {
		builder.redirectError(redirect(this.specification.launch().stderr()));
		builder.redirectInput(ends.input().toRedirect());
		builder.redirectOutput(
				(ends.output() != null) ? ends.output().toRedirect() : redirect(this.specification.launch().stdout()));
		return start(builder);
	}

	private Process start(ProcessBuilder builder) throws IOException {
		try {
			return builder.start();
		}
		catch (IOException ex) {
			throw failed(ex);
		}
	}

	private static Redirect redirect(Output output) {
		return switch (output) {
			case LOG -> Redirect.PIPE;
			case INHERIT -> Redirect.INHERIT;
			case DISCARD -> Redirect.DISCARD;
		};
	}

	private List<String> command(String program, Map<String, String> environment) throws ProcessStartException {
		List<String> command = new ArrayList<>(this.specification.launch().command());
		command.set(0, program);
		if (!this.specification.link().isAtDescriptor()) {
			return command;
		}
		if (!ShellCommand.SHELL.canExecute()) {
			throw failed(Reason.NO_SHELL, "there is no '%s' to attach descriptor %s with: attach it at 'stdio'"
				.formatted(ShellCommand.SHELL, this.specification.link().descriptor()), null);
		}
		return ShellCommand.of(command, this.specification.link().descriptor(),
				this.environment.takeAside(environment));
	}

	private ProcessStartException failed(IOException failure) {
		String message = String.valueOf(failure.getMessage());
		Matcher error = ERROR.matcher(message);
		if (!error.find()) {
			return failed(Reason.REFUSED, message, failure);
		}
		String refusal = error.group();
		return switch (Errno.of(Integer.parseInt(error.group(1)))) {
			case ENOENT -> failed(Reason.COMMAND_NOT_FOUND,
					"what runs it is missing; look at its first line, '#!...', or at its dynamic linker (%s)"
						.formatted(refusal),
					failure);
			case ETXTBSY -> failed(Reason.REFUSED, "it is being written (%s)".formatted(refusal), failure);
			case EACCES, ENOEXEC -> failed(Reason.NOT_EXECUTABLE, refusal, failure);
			default -> failed(Reason.REFUSED, refusal, failure);
		};
	}

	private ProcessStartException failed(Reason reason, String detail, @Nullable IOException cause) {
		boolean asCause = cause != null && mayBeCause(cause);
		ProcessStartException exception = new ProcessStartException(this.specification.name(),
				this.specification.launch().command(), reason, detail, List.of(), asCause ? cause : null);
		if (cause != null && !asCause) {
			exception.addSuppressed(cause);
		}
		return exception;
	}

	/** Return whether no web framework would take it for the disconnect of its client. */
	private static boolean mayBeCause(IOException cause) {
		for (Throwable next = cause; next != null; next = next.getCause()) {
			String text = String.valueOf(next.getMessage());
			if (!Printable.message(text).equals(text)) {
				return false;
			}
		}
		return true;
	}

	private static void close(PairedSocket socket) {
		try {
			socket.close();
		}
		catch (IOException ex) {
			logger.log(Level.WARNING, "A socket was closed with an error", ex);
		}
	}

	/**
	 * The ends of the pairs of one child.
	 *
	 * @param ours what this process keeps
	 * @param input what becomes the child's standard input
	 * @param output what becomes its standard output, or {@code null} if that is no end
	 * of a pair
	 */
	private record Ends(PairedSocket ours, PairedSocket input, @Nullable PairedSocket output) {

		boolean areOpen() {
			return this.input.isOpen() && (this.output == null || this.output.isOpen());
		}

		void closeTheirs() {
			ChildLauncher.close(this.input);
			if (this.output != null) {
				ChildLauncher.close(this.output);
			}
		}

	}

}
