package dev.socketpair;

import java.io.FileDescriptor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

import dev.socketpair.testsupport.ChildJvm;
import dev.socketpair.testsupport.Resources;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests of what needs the native library of junixsocket, where it cannot be unpacked.
 */
class JunixsocketContractTests {

	@Test
	void libraryThatCannotBeUnpackedIsToldAndTheSocketStaysOpen() {
		ChildJvm child = ChildJvm.run(ChildJvm
			.command(List.of("-Dorg.newsclub.net.unix.library.tmpdir=" + ChildJvm.NO_DIRECTORY), HandOver.class));
		assertThat(child.output()).contains("A socket cannot be given to a child process: junixsocket-core is missing")
			.contains("A java.io.FileDescriptor needs junixsocket-core")
			.contains("open: true");
	}

	@Test
	void descriptorThatWasReceivedIsClosedWithoutTheLibrary() {
		ChildJvm child = ChildJvm
			.run(ChildJvm.command(List.of("-Dorg.newsclub.net.unix.library.tmpdir=/nonexistent"), Receive.class));
		assertThat(child.output()).contains("open: 0");
		assertThat(child.status()).isZero();
	}

	/** Hands a socket to a child process, and makes an object of a number. */
	public static final class HandOver {

		private HandOver() {
		}

		/**
		 * Run it.
		 * @param arguments none
		 * @throws IOException if it fails
		 */
		public static void main(String[] arguments) throws IOException {
			SocketPair pair = SocketPairs.factory().create();
			tell(() -> pair.first().toRedirect());
			tell(() -> PassedDescriptor.of(pair.first().descriptor()).fileDescriptor());
			tell(() -> PassedDescriptor.of(FileDescriptor.in).number());
			System.out.println("open: " + pair.first().isOpen());
		}

		private static void tell(Call call) {
			try {
				call.run();
			}
			catch (IOException ex) {
				System.out.println(ex.getMessage());
			}
		}

	}

	/** Closes a descriptor that it has received. */
	public static final class Receive {

		private Receive() {
		}

		/**
		 * Run it.
		 * @param arguments none
		 * @throws IOException if it fails
		 */
		public static void main(String[] arguments) throws IOException {
			SocketPair pair = SocketPairs.factory().create();
			pair.first().sendDescriptors(ByteBuffer.allocate(1), PassedDescriptor.of(pair.first().descriptor()));
			List<PassedDescriptor> received = new ArrayList<>();
			int before = Resources.descriptorCount();
			pair.second().receiveDescriptors(ByteBuffer.allocate(1), received);
			received.get(0).close();
			System.out.println("open: " + (Resources.descriptorCount() - before));
		}

	}

	/** What may fail. */
	private interface Call {

		void run() throws IOException;

	}

}
