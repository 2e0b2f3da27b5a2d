package dev.socketpair;

import java.io.FileDescriptor;
import java.io.IOException;
import java.util.List;

import dev.socketpair.testsupport.ChildJvm;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests of what needs the native library of junixsocket, where it cannot be unpacked.
 */
class JunixsocketContractTests {

	@Test
	void libraryThatCannotBeUnpackedIsToldAndTheSocketStaysOpen() {
		ChildJvm child = ChildJvm
			.run(ChildJvm.command(List.of("-Dorg.newsclub.net.unix.library.tmpdir=/nonexistent"), HandOver.class));
		assertThat(child.output()).contains("A socket cannot be given to a child process: junixsocket-core is missing")
			.contains("A java.io.FileDescriptor needs junixsocket-core")
			.contains("open: true");
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

	/** What may fail. */
	private interface Call {

		void run() throws IOException;

	}

}
