package dev.socketpair.tipc;

import java.io.IOException;
import java.io.ObjectOutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;

import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.TestExecutionResult.Status;
import org.junit.platform.engine.discovery.ClassNameFilter;
import org.junit.platform.engine.discovery.DiscoverySelectors;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

/**
 * What runs inside the guest: it loads the kernel's modules, runs the contract, and
 * writes what came of it when all of it has run.
 */
public final class TipcGuest {

	/** The system call {@code finit_module(2)} on x86-64, the one that the guest has. */
	private static final int FINIT_MODULE = 313;

	private TipcGuest() {
	}

	/**
	 * Run the contract.
	 * @param arguments the file for the results, and the modules in the order in which
	 * they are loaded
	 * @throws IOException if the results cannot be written
	 */
	public static void main(String... arguments) throws IOException {
		for (int i = 1; i < arguments.length; i++) {
			load(arguments[i]);
		}
		Listener listener = new Listener();
		LauncherFactory.create()
			.execute(LauncherDiscoveryRequestBuilder.request()
				.selectors(DiscoverySelectors.selectPackage(TipcGuest.class.getPackageName()))
				.filters(ClassNameFilter.includeClassNamePatterns(".*Contract"))
				.build(), listener);
		try (ObjectOutputStream file = new ObjectOutputStream(Files.newOutputStream(Path.of(arguments[0])))) {
			file.writeObject(listener.results);
		}
	}

	/** A machine need not have {@code insmod}. */
	private static void load(String module) {
		NativeLibrary libc = NativeLibrary.getProcess();
		int descriptor = libc.getFunction("open").invokeInt(new Object[] { module, 0 });
		long result = libc.getFunction("syscall").invokeLong(new Object[] { FINIT_MODULE, descriptor, "", 0 });
		if (result != 0) {
			throw new IllegalStateException(
					"The module '%s' was not loaded: errno %d".formatted(module, Native.getLastError()));
		}
		libc.getFunction("close").invokeInt(new Object[] { descriptor });
	}

	/** Collects the results of tests, and the failures of whole classes. */
	private static final class Listener implements TestExecutionListener {

		private final ArrayList<TipcResult> results = new ArrayList<>();

		@Override
		public void executionSkipped(TestIdentifier test, String reason) {
			add(test, "SKIPPED", reason);
		}

		@Override
		public void executionFinished(TestIdentifier test, TestExecutionResult result) {
			if (test.isTest() || result.getStatus() != Status.SUCCESSFUL) {
				StringWriter trace = new StringWriter();
				result.getThrowable().ifPresent((ex) -> ex.printStackTrace(new PrintWriter(trace)));
				add(test, result.getStatus().name(), trace.toString());
			}
		}

		private void add(TestIdentifier test, String status, String detail) {
			String name = test.getUniqueId().replaceFirst(".*\\[class:[^\\]]*\\.", "").replaceAll("[\\[\\]]", " ");
			this.results.add(new TipcResult(name + test.getDisplayName(), status, detail));
			System.out.println(status + " " + name);
		}

	}

}
