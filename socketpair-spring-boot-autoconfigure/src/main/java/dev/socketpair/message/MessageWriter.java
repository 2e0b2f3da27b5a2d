package dev.socketpair.message;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.IllegalBlockingModeException;
import java.util.Collection;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

import dev.socketpair.PairedSocket;
import org.jspecify.annotations.Nullable;

/**
 * Writes messages to a stream. While one thread is in the kernel, the messages of the
 * others gather, and leave together in the next call, which one of them makes.
 */
final class MessageWriter {

	private static final int LARGEST_GATHERED = 8 * 1024;

	private final PairedSocket socket;

	private final WireFormat format;

	private final ReentrantLock lock = new ReentrantLock();

	private final Condition progress = this.lock.newCondition();

	/** Guarded by the lock, as all that follows, unless it says otherwise. */
	private Batch gathering;

	/** Whose turn it is to write. */
	private boolean writing;

	/** Used by the thread that writes. */
	private Batch spare;

	/** What is left of a message that was not written whole; used by who writes. */
	private @Nullable ByteBuffer unfinished;

	/** How many bytes have been gathered, since the beginning. */
	private long gathered;

	/** How many of them have left, or have failed to. */
	private long done;

	private final Failures failures = new Failures();

	MessageWriter(PairedSocket socket, WireFormat format) {
		this.socket = socket;
		this.format = format;
		this.gathering = new Batch(format);
		this.spare = new Batch(format);
	}

	void send(ByteBuffer message) throws IOException {
		int length = message.remaining();
		int size = this.format.headerSize(length) + length + this.format.trailerSize();
		if (size > LARGEST_GATHERED) {
			sendAlone(message);
			message.position(message.limit());
			return;
		}
		Turn.ensureOpen(this.socket);
		lock();
		try {
			while (!this.gathering.hasRoomFor(size)) {
				writeOrWait();
			}
			this.gathering.add(message);
			long start = this.gathered;
			this.gathered += size;
			while (this.done < this.gathered && this.done < start + size) {
				writeOrWait();
			}
			this.failures.check(start, start + size);
		}
		finally {
			this.lock.unlock();
		}
		message.position(message.limit());
	}

	private void lock() throws IOException {
		try {
			this.lock.lockInterruptibly();
		}
		catch (InterruptedException ex) {
			throw Turn.interrupted(this.socket);
		}
	}

	private void await() throws IOException {
		try {
			this.progress.await();
		}
		catch (InterruptedException ex) {
			throw Turn.interrupted(this.socket);
		}
	}

	private void writeOrWait() throws IOException {
		if (this.writing) {
			await();
			return;
		}
		Batch batch = this.gathering;
		this.gathering = this.spare;
		this.spare = batch;
		long start = this.gathered - batch.size();
		this.writing = true;
		this.lock.unlock();
		long written = 0;
		int size = batch.size();
		IOException failure = null;
		try {
			written = write(batch, null);
			if (written < size) {
				failure = new IOException();
			}
		}
		catch (IOException ex) {
			failure = ex;
		}
		finally {
			this.lock.lock();
			batch.clear();
			this.writing = false;
			this.done = start + size;
			this.progress.signalAll();
		}
		if (failure != null) {
			throw failure;
		}
	}

	private long write(Batch batch, @Nullable ByteBuffer large) throws IOException {
		if (!this.socket.isBlocking()) {
			throw new IllegalBlockingModeException();
		}
		return this.socket.write(batch.flip());
	}

	private void sendAlone(ByteBuffer message) throws IOException {
		lock();
		try {
			while (this.writing) {
				await();
			}
			this.writing = true;
		}
		finally {
			this.lock.unlock();
		}
		try {
			ByteBuffer header = ByteBuffer.allocate(64);
			this.format.putHeader(message.remaining(), header);
			ByteBuffer trailer = ByteBuffer.allocate(1);
			this.format.putTrailer(trailer);
			this.socket.write(new ByteBuffer[] { header.flip(), message.duplicate(), trailer.flip() });
		}
		finally {
			this.lock.lock();
			this.writing = false;
			this.progress.signalAll();
			this.lock.unlock();
		}
	}

	void sendAll(Collection<ByteBuffer> messages) throws IOException {
		for (ByteBuffer message : messages) {
			send(message);
		}
	}

	static final class Failures {

		void check(long start, long end) throws AsynchronousCloseException {
		}

	}

}
