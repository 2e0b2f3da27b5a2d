package dev.socketpair.process;

import java.io.IOException;
import java.lang.System.Logger.Level;
import java.util.List;

import dev.socketpair.message.MessageConnection;
import dev.socketpair.process.output.DaemonThread;
import dev.socketpair.process.output.ProcessLog;

/**
 * Launches the children of a supervision, the first one and those of restarts, and has
 * the initializers prepare each before it serves.
 */
final class ChildStarter {

	private static final ProcessLog logger = new ProcessLog(Supervision.class);

	private final ChildSpecification specification;

	private final ChildLauncher launcher;

	private final List<SocketPairProcessInitializer> initializers;

	private final ServedChild served;

	private final SupervisionState state;

	private final ProcessReports reports;

	ChildStarter(ChildSpecification specification, ChildLauncher launcher,
			List<SocketPairProcessInitializer> initializers, ServedChild served, SupervisionState state,
			ProcessReports reports) {
		this.specification = specification;
		this.launcher = launcher;
		this.initializers = initializers;
		this.served = served;
		this.state = state;
		this.reports = reports;
	}

	/**
	 * Launch a child. It serves at once where there is no initializer. A stop that is
	 * requested meanwhile waits for the child, and then ends it.
	 */
	ChildMessages launch() throws IOException {
		ChildMessages launched = new ChildMessages(this.specification, this.launcher.launch());
		this.state.launched(launched, this.initializers.isEmpty());
		logger.log(Level.INFO,
				"Process '%s' was started with pid %s".formatted(this.specification.name(), launched.child().pid()));
		return launched;
	}

	/**
	 * Prepare a child in this thread, and have it serve.
	 * @return whether it serves; if not, it was killed
	 */
	boolean prepare(ChildMessages launched) {
		if (this.initializers.isEmpty()) {
			return true;
		}
		MessageConnection messages = new ProcessMessages(this.served, this.specification, launched);
		try {
			for (SocketPairProcessInitializer initializer : this.initializers) {
				initializer.initialize(this.specification.name(), messages);
			}
		}
		catch (Exception | Error ex) {
			logger.log(Level.WARNING, "The initialization of process '%s' (pid %s) failed"
				.formatted(this.specification.name(), launched.child().pid()), ex);
			launched.child().initializationFailed(ex);
			return false;
		}
		this.state.prepared(launched);
		this.reports.deliver();
		return true;
	}

	/** Prepare a child in another thread, so that this one can notice its exit. */
	void prepareInBackground(ChildMessages launched) {
		if (this.initializers.isEmpty()) {
			return;
		}
		try {
			DaemonThread.start(this.specification.name() + "-initialize", () -> prepare(launched));
		}
		catch (OutOfMemoryError ex) {
			// No thread is available.
			launched.child().initializationFailed(ex);
		}
	}

}
