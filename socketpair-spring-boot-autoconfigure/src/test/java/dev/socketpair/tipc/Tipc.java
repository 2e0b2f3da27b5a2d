package dev.socketpair.tipc;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;

import dev.socketpair.Errno;
import dev.socketpair.SocketDomain;
import dev.socketpair.SocketPair;
import dev.socketpair.SocketPairException;
import dev.socketpair.SocketPairFactory;
import dev.socketpair.SocketPairOptions;
import dev.socketpair.SocketPairs;
import dev.socketpair.SocketType;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

/**
 * Pairs of the domain {@code tipc}, which are closed after each test. Where the kernel
 * has no {@code tipc} the test is skipped.
 */
final class Tipc implements BeforeEachCallback, AfterEachCallback {

	/** The length of the largest message, as {@code linux/tipc.h} has it. */
	static final int LARGEST_MESSAGE = 66_000;

	private final SocketPairFactory factory = SocketPairs.factory();

	@Override
	public void beforeEach(ExtensionContext context) throws IOException {
		try (SocketPairFactory probed = SocketPairs.factory(options("stream").build())) {
			probed.probe();
		}
		catch (SocketPairException ex) {
			assumeTrue(ex.errno() != Errno.EAFNOSUPPORT, "The kernel of this machine has no tipc");
			throw ex;
		}
	}

	@Override
	public void afterEach(ExtensionContext context) {
		this.factory.close();
	}

	SocketPairFactory factory() {
		return this.factory;
	}

	SocketPair pair(String type) throws IOException {
		return this.factory.create(options(type).build());
	}

	static SocketPairOptions.Builder options(String type) {
		return SocketPairOptions.builder().domain(SocketDomain.TIPC).type(SocketType.of(type));
	}

	static ByteBuffer bytes(String text) {
		return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
	}

	static List<ByteBuffer> buffers(int capacity) {
		return List.of(ByteBuffer.allocate(capacity), ByteBuffer.allocateDirect(capacity));
	}

	static String text(ByteBuffer filled) {
		return StandardCharsets.UTF_8.decode(filled.flip()).toString();
	}

}
