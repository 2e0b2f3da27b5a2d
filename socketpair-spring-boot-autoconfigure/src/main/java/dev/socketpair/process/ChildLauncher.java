package dev.socketpair.process;

import java.io.File;
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
import dev.socketpair.SocketPairs;
import dev.socketpair.process.ProcessStartException.Reason;
import dev.socketpair.text.Printable;
import org.jspecify.annotations.Nullable;

/**
 * Starts children: makes a pair, gives one end to a new process, and closes this
 * process's copy of it. If any of that fails, nothing is left.
 */
final class ChildLauncher {

	static final String DESCRIPTOR_VARIABLE = SocketPairs.INHERITED_VARIABLE;

	/**
	 * What tells this process of its own end, as Node tells it to a child: its
	 * {@code child_process} documentation, options {@code stdio} and
	 * {@code serialization}.
	 */
	private static final List<String> PARENTS_OWN = List.of(DESCRIPTOR_VARIABLE, "NODE_CHANNEL_FD",
			"NODE_CHANNEL_SERIALIZATION_MODE");

	private static final ProcessLog logger = new ProcessLog(ChildLauncher.class);

	/** The most that the JDK needs for a start: four pipes. */
	private static final int DESCRIPTORS_OF_A_START = 8;

	/** The JDK gives the errno of a failed execve(2) only in its message. */
	private static final Pattern ERROR = Pattern.compile("error(?:=|: )(\\d{1,9})[^\\r\\n]*");

	private static final File SHELL = new File("/bin/sh");

	private final SocketPairFactory factory;

	private final ChildSpecification specification;

	/** What marks all children of this launcher, and those of no other process. */
	private final String mark;

	private final AtomicLong launches = new AtomicLong();

	ChildLauncher(SocketPairFactory factory, ChildSpecification specification) {
		this.factory = factory;
		this.specification = specification;
		this.mark = Printable.escape(specification.name()) + "/" + UUID.randomUUID() + "-";
		// A rehearsal: when descriptors have run out, a class may not be found any more.
		failed(new IOException());
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
		setEnvironment(builder.environment(), token);
		String program = new CommandLookup(this.specification.name(), this.specification.command(),
				this.specification.directory())
			.find(builder.environment());
		builder.directory(this.specification.directory());
		builder.command(command(program));
		SocketPair pair = this.factory.create(this.specification.options());
		return launch(builder, token, pair.first(), pair.second());
	}

	private Child launch(ProcessBuilder builder, String token, PairedSocket ours, PairedSocket theirs)
			throws IOException {
		Process process = null;
		boolean complete = false;
		try {
			requireDescriptors(theirs);
			process = start(builder, theirs);
			if (!theirs.isOpen()) {
				// The factory was closed meanwhile, and the number may have been
				// another's.
				throw new ClosedChannelException();
			}
			Child child = new Child(this.specification, process, token, ours);
			child.drain();
			complete = true;
			return child;
		}
		finally {
			close(theirs);
			if (!complete) {
				close(ours);
				abandon(process);
			}
		}
	}

	/**
	 * Fail while it does no harm: when Java 17 cannot make its pipes, it closes two
	 * numbers that it has never set, which may be any of this process (forkAndExec, seen
	 * with strace).
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

	private void abandon(@Nullable Process process) throws IOException {
		if (process != null) {
			process.toHandle().destroyForcibly();
			process.getInputStream().close();
			process.getErrorStream().close();
		}
	}

	private Process start(ProcessBuilder builder, PairedSocket theirs) throws IOException {
		builder.redirectError(redirect(this.specification.stderr()));
		builder.redirectInput(theirs.toRedirect());
		if (this.specification.attachment() == Attachment.DESCRIPTOR) {
			builder.redirectOutput(redirect(this.specification.stdout()));
			return start(builder);
		}
		// The JDK closes each number once it has moved it into place.
		PairedSocket output = theirs.duplicate();
		try {
			builder.redirectOutput(output.toRedirect());
			return start(builder);
		}
		finally {
			close(output);
		}
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

	private void setEnvironment(Map<String, String> environment, String token) {
		if (!this.specification.inheritEnvironment()) {
			environment.clear();
		}
		// What this process was given means nothing to its child.
		PARENTS_OWN.forEach(environment::remove);
		environment.keySet().removeAll(this.specification.removedVariables());
		environment.putAll(this.specification.environment());
		boolean atDescriptor = this.specification.attachment() == Attachment.DESCRIPTOR;
		String number = Integer.toString(atDescriptor ? this.specification.descriptor() : 0);
		for (String variable : this.specification.announced()) {
			environment.put(variable, number);
		}
		if (atDescriptor) {
			environment.put(DESCRIPTOR_VARIABLE, number);
		}
		environment.put(SocketPairs.PROCESS_VARIABLE, token);
	}

	private List<String> command(String program) throws ProcessStartException {
		List<String> command = new ArrayList<>(this.specification.command());
		command.set(0, program);
		if (this.specification.attachment() == Attachment.DESCRIPTOR) {
			if (!SHELL.canExecute()) {
				throw failed(Reason.NO_SHELL, "there is no '%s' to attach descriptor %s with: attach it at 'stdio'"
					.formatted(SHELL, this.specification.descriptor()), null);
			}
			command.addAll(0, List.of(SHELL.getPath(), "-c",
					"exec \"$@\" %s<&0 0</dev/null".formatted(this.specification.descriptor()), "sh"));
		}
		return command;
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
			case EACCES, ENOEXEC -> failed(Reason.NOT_EXECUTABLE, refusal, failure);
			default -> failed(Reason.REFUSED, refusal, failure);
		};
	}

	private ProcessStartException failed(Reason reason, String detail, @Nullable IOException cause) {
		boolean asCause = cause != null && mayBeCause(cause);
		ProcessStartException exception = new ProcessStartException(this.specification.name(),
				this.specification.command(), reason, detail, List.of(), asCause ? cause : null);
		if (cause != null && !asCause) {
			exception.addSuppressed(cause);
		}
		return exception;
	}

	/** Not where a web framework would take the JDK's own text amiss. */
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

}
