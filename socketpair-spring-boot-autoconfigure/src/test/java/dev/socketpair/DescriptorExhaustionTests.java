package dev.socketpair;

import java.io.FileInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;

import dev.socketpair.message.Framing;
import dev.socketpair.process.SocketPairProcess;
import dev.socketpair.process.SocketPairProcessBuilder;
import dev.socketpair.testsupport.ChildJvm;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests of a process whose descriptors have run out. No class can be loaded from a
 * directory then.
 */
class DescriptorExhaustionTests {

	@Test
	void everyFailureIsReportedWithClassesThatWereLoadedBefore() {
		ChildJvm child = ChildJvm.run(ChildJvm.commandWithLimit(64, Exhausted.class));
		assertThat(child.output().lines()).containsExactly("create: SocketPairException EMFILE",
				"probe: SocketPairException EMFILE", "duplicate: SocketPairException EMFILE",
				"start: SocketPairException EMFILE", "cut message: MessageTruncatedException",
				"closed peer: SocketPairException EPIPE", "failures: 3", "queued: 2", "descriptors: 64",
				"open pairs: 2", "close: done");
		assertThat(child.status()).isZero();
	}

	/**
	 * Fails for the first time when no descriptor is left.
	 */
	public static final class Exhausted {

		private Exhausted() {
		}

		/**
		 * Run it.
		 * @param arguments none
		 * @throws Exception if it fails
		 */
		public static void main(String[] arguments) throws Exception {
			SocketPairFactory factory = SocketPairs.factory();
			SocketPair stream = factory.create();
			SocketPair datagrams = factory.create(factory.defaultOptions().toBuilder().type(SocketType.DGRAM).build());
			ByteBuffer one = ByteBuffer.allocateDirect(1);
			ByteBuffer two = ByteBuffer.allocateDirect(2);
			exchange(stream);
			exchange(datagrams);
			SocketPairProcess process = new SocketPairProcessBuilder(factory).command("/bin/cat")
				.framing(Framing.LINE)
				.build();
			SocketPairStatistics statistics = factory.statistics();
			List<FileInputStream> all = new ArrayList<>();
			takeAll(all);
			attempt("create", factory::create);
			attempt("probe", () -> {
				factory.probe();
				return null;
			});
			attempt("duplicate", stream.first()::duplicate);
			attempt("start", () -> {
				process.start();
				return null;
			});
			attempt("cut message", () -> {
				datagrams.first().send(two.clear());
				return datagrams.second().receive(one.clear());
			});
			attempt("closed peer", () -> {
				stream.second().close();
				all.add(new FileInputStream("/dev/zero"));
				return stream.first().write(one.clear());
			});
			attempt("failures", () -> statistics.failures().size());
			attempt("queued", () -> {
				datagrams.first().send(two.clear());
				return (long) queued(statistics);
			});
			attempt("descriptors", () -> statistics.descriptors().limit());
			attempt("open pairs", () -> statistics.openPairs().size());
			attempt("close", () -> {
				stream.close();
				datagrams.close();
				factory.close();
				return "done";
			});
		}

		private static void exchange(SocketPair pair) throws IOException {
			ByteBuffer message = ByteBuffer.allocateDirect(1);
			pair.first().write(message);
			pair.second().read(message.clear());
		}

		private static void takeAll(List<FileInputStream> all) {
			try {
				while (true) {
					all.add(new FileInputStream("/dev/zero"));
				}
			}
			catch (IOException ex) {
				// None is left.
			}
		}

		private static double queued(SocketPairStatistics statistics) {
			double queued = 0;
			for (SocketPairStatistics.Totals totals : statistics.totals()) {
				queued += totals.queued(SocketPairStatistics.End.FIRST);
			}
			return queued;
		}

		private static void attempt(String what, Callable<Object> operation) {
			try {
				System.out.println(what + ": " + operation.call());
			}
			catch (SocketPairException ex) {
				System.out.println(what + ": SocketPairException " + ex.errno());
			}
			catch (Throwable ex) {
				System.out.println(what + ": " + ex.getClass().getSimpleName()
						+ ((ex instanceof Error) ? " " + ex.getMessage() : ""));
			}
		}

	}

}
