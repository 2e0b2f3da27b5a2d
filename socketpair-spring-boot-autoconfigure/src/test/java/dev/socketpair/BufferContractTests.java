package dev.socketpair;

import java.io.IOException;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.ClosedChannelException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;

import dev.socketpair.libc.Libc;
import dev.socketpair.libc.LinuxAbi;
import dev.socketpair.libc.NativeBinding;
import dev.socketpair.testsupport.ChildJvm;
import dev.socketpair.testsupport.InBackground;
import dev.socketpair.testsupport.NothingLeaks;
import dev.socketpair.testsupport.Resources;
import dev.socketpair.testsupport.Virtual;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * What sockets do with the memory of buffers, and where there is none.
 */
@NothingLeaks
class BufferContractTests {

	private static final int MEBIBYTE = 1024 * 1024;

	private static final int SO_PASSPIDFD = 76;

	private final SocketPairFactory factory = SocketPairs.factory();

	@AfterEach
	void close() {
		this.factory.close();
	}

	private SocketPair pair(String type) throws IOException {
		return this.factory
			.create(SocketPairOptions.builder().type(SocketType.of(type)).sendBufferSize(200_000).build());
	}

	@ParameterizedTest
	@ValueSource(strings = { "stream", "dgram", "seqpacket" })
	@Tag("java21")
	void bufferWhoseArenaIsClosedIsRefused(String type) throws Exception {
		ByteBuffer gone = bufferOfAClosedArena();
		ByteBuffer[] several = { ByteBuffer.allocate(1), gone };
		SocketPair pair = pair(type);
		PairedSocket first = pair.first();
		PairedSocket second = pair.second();
		second.write(ByteBuffer.allocate(1));
		List<ThrowingCallable> calls = new ArrayList<>(List.of(() -> first.read(gone), () -> first.read(several),
				() -> first.peek(gone), () -> first.write(gone), () -> first.write(several),
				() -> first.sendDescriptors(gone), () -> first.receiveDescriptors(gone, new ArrayList<>())));
		if (!type.equals("stream")) {
			calls.add(() -> first.receive(gone));
			calls.add(() -> first.send(gone));
		}
		assertThat(calls).allSatisfy((call) -> assertThatIllegalStateException().isThrownBy(call));
		assertThat(first.isOpen()).isTrue();
		assertThat(second.available()).isZero();
		assertThat(first.read(ByteBuffer.allocate(1))).isOne();
	}

	private static ByteBuffer bufferOfAClosedArena() throws ReflectiveOperationException {
		Class<?> arenaType = Class.forName("java.lang.foreign.Arena");
		Object arena = arenaType.getMethod("ofConfined").invoke(null);
		Object segment = arenaType.getMethod("allocate", long.class).invoke(arena, 64L);
		Object buffer = Class.forName("java.lang.foreign.MemorySegment").getMethod("asByteBuffer").invoke(segment);
		arenaType.getMethod("close").invoke(arena);
		return (ByteBuffer) buffer;
	}

	@ParameterizedTest
	@CsvSource({ "dgram, 10", "seqpacket, 10", "dgram, 300000", "seqpacket, 300000" })
	void messageIntoALargeHeapBufferTakesAsMuchMemoryAsItNeeds(String type, int length) throws IOException {
		SocketPair pair = pair(type);
		ByteBuffer room = ByteBuffer.allocate(8 * MEBIBYTE);
		byte[] message = new byte[length];
		message[length - 1] = 42;
		long before = directMemory();
		for (int i = 0; i < 10; i++) {
			pair.second().configureBlocking(false);
			assertThat(pair.second().receive(room.clear())).isEqualTo(PairedSocket.WOULD_BLOCK);
			pair.second().configureBlocking(true);
			pair.first().send(ByteBuffer.wrap(message));
			assertThat(pair.second().receive(room.clear())).isEqualTo(length);
			assertThat(room.get(length - 1)).isEqualTo((byte) 42);
			pair.first().send(ByteBuffer.wrap(message));
			assertThat(pair.second().read(new ByteBuffer[] { ByteBuffer.allocate(1), room.clear() })).isEqualTo(length);
			assertThat(room.get(length - 2)).isEqualTo((byte) 42);
			pair.first().send(ByteBuffer.wrap(message));
			assertThat(pair.second().receiveDescriptors(room.clear(), new ArrayList<>())).isEqualTo(length);
			assertThat(room.get(length - 1)).isEqualTo((byte) 42);
		}
		// As much memory as there is room for would be 480 MiB.
		assertThat(directMemory() - before).isLessThan(64 * MEBIBYTE);
	}

	private static long directMemory() {
		return ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class)
			.stream()
			.filter((pool) -> pool.getName().equals("direct"))
			.mapToLong(BufferPoolMXBean::getMemoryUsed)
			.sum();
	}

	@ParameterizedTest
	@CsvSource({ "64, false", "4096, false", "65536, false", "65536, true" })
	void writerThatWaitsWhenThePeerClosesGetsABrokenPipeAndTheReaderTheReset(int size, boolean direct)
			throws Exception {
		SocketPair pair = pair("stream");
		ByteBuffer src = direct ? ByteBuffer.allocateDirect(size) : ByteBuffer.allocate(size);
		pair.first().configureBlocking(false);
		while (pair.first().write(src.clear()) > 0) {
			// Until it is full.
		}
		pair.first().configureBlocking(true);
		InBackground<Integer> writer = InBackground.call(() -> pair.first().write(src.clear()));
		writer.untilBlocked();
		pair.second().close();
		assertThatExceptionOfType(SocketPairException.class).isThrownBy(writer::get)
			.satisfies((ex) -> assertThat(ex.errno()).isEqualTo(Errno.EPIPE));
		ByteBuffer dst = ByteBuffer.allocate(1);
		assertThatExceptionOfType(SocketPairException.class).isThrownBy(() -> pair.first().read(dst))
			.satisfies((ex) -> assertThat(ex.errno()).isEqualTo(Errno.ECONNRESET));
		assertThat(pair.first().read(dst)).isEqualTo(PairedSocket.END_OF_STREAM);
	}

	@Test
	void duplicateThatIsMadeWhileTheFactoryClosesDoesNotOutliveIt() throws Exception {
		for (int round = 0; round < 50; round++) {
			SocketPairFactory closing = SocketPairs.factory();
			PairedSocket socket = closing.create().first();
			ConcurrentLinkedQueue<PairedSocket> duplicates = new ConcurrentLinkedQueue<>();
			InBackground<Void> duplicating = InBackground.call(() -> {
				try {
					while (true) {
						duplicates.add(socket.duplicate());
					}
				}
				catch (ClosedChannelException ex) {
					return null;
				}
			});
			while (duplicates.isEmpty()) {
				Thread.onSpinWait();
			}
			closing.close();
			duplicating.get();
			assertThat(duplicates).noneMatch(PairedSocket::isOpen);
		}
	}

	@Test
	void descriptorOfTheSenderThatNobodyAskedForIsClosed() throws IOException {
		Libc libc = NativeBinding.fromSystemProperty().load();
		SocketPair pair = pair("seqpacket");
		ByteBuffer one = ByteBuffer.allocateDirect(Integer.BYTES).order(ByteOrder.nativeOrder()).putInt(0, 1);
		int result = libc.setsockopt(pair.second().descriptor(), LinuxAbi.SOL_SOCKET, SO_PASSPIDFD, libc.addressOf(one),
				Integer.BYTES);
		Assumptions.assumeTrue(result == 0, "The kernel has SO_PASSPIDFD");
		int before = Resources.descriptorCount();
		for (int i = 0; i < 20; i++) {
			pair.first().send(ByteBuffer.allocate(1));
			assertThat(pair.second().receiveDescriptors(ByteBuffer.allocate(1), new ArrayList<>())).isOne();
		}
		assertThat(Resources.descriptorCount()).isLessThanOrEqualTo(before);
	}

	@Test
	void closingNeedsNoMemory() {
		ChildJvm child = ChildJvm
			.run(ChildJvm.command(List.of("-XX:MaxDirectMemorySize=4m", "-Xmx64m"), CloseWithoutMemory.class));
		assertThat(child.output()).endsWith("closed, and the reader woken\n");
		assertThat(child.status()).isZero();
	}

	/** Closes sockets in a new thread when all direct memory is taken. */
	public static final class CloseWithoutMemory {

		private CloseWithoutMemory() {
		}

		/**
		 * Run it.
		 * @param arguments none
		 * @throws Exception if it fails
		 */
		public static void main(String[] arguments) throws Exception {
			SocketPairFactory factory = SocketPairs.factory();
			SocketPair idle = factory.create();
			SocketPair waiting = factory.create();
			InBackground<Integer> reader = InBackground.call(Virtual.isAvailable(),
					() -> waiting.second().read(ByteBuffer.allocate(1)));
			reader.untilBlocked();
			List<ByteBuffer> all = new ArrayList<>();
			for (int size = MEBIBYTE; size > 0; size /= 2) {
				take(all, size);
			}
			InBackground.call(() -> {
				idle.close();
				waiting.close();
				return null;
			}).get();
			int taken = all.size();
			all.clear();
			try {
				reader.get();
			}
			catch (ClosedChannelException ex) {
				System.out.println((taken > 0) ? "closed, and the reader woken" : "there was memory");
			}
		}

		private static void take(List<ByteBuffer> all, int size) {
			try {
				while (true) {
					all.add(ByteBuffer.allocateDirect(size));
				}
			}
			catch (OutOfMemoryError ex) {
				// All that there is of this size.
			}
		}

	}

}
