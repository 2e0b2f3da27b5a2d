package dev.socketpair.message;

import java.io.IOException;
import java.nio.ByteBuffer;

import dev.socketpair.PairedSocket;

/**
 * Writes messages to a stream, one sender after the other.
 */
final class PlainStreamWriter implements StreamWriter {

	private final InterruptibleLock lock;

	/** Guarded by the lock, as is the batch. */
	private final StreamOutput output;

	private final Batch batch;

	PlainStreamWriter(PairedSocket socket, WireFormat format) {
		this.lock = new InterruptibleLock(socket);
		this.output = new StreamOutput(socket, format);
		this.batch = new Batch(format);
	}

	@Override
	public void send(ByteBuffer message) throws IOException {
		sendAll(message);
	}

	@Override
	public void sendAll(ByteBuffer... messages) throws IOException {
		this.lock.lock();
		long sent = 0;
		try {
			for (ByteBuffer message : messages) {
				if (!this.batch.hasRoomFor(message)) {
					this.output.write(this.batch);
					sent += this.batch.written();
					this.batch.clear();
				}
				this.batch.append(message);
			}
			this.output.write(this.batch);
		}
		catch (IOException ex) {
			throw this.output.incomplete(ex, sent + this.batch.written(), messages);
		}
		finally {
			this.batch.clear();
			this.lock.unlock();
		}
		StreamOutput.moveToLimit(messages);
	}

	/** Every sender waits for its own messages. */
	@Override
	public void awaitHandedOver() {
	}

}
